"""The demonstration: one patient's way, played against the running platform."""
