"""The demonstration: one patient's first dosing day, played against the running platform."""
