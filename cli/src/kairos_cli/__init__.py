"""The kairos command: the platform on one machine, its demo and its operation."""
