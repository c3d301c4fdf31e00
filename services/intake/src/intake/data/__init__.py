"""Policy, instruments, rules and documents as versioned data, each figure with its source."""
