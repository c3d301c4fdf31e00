"""Benchmarks: everything is a ratio to a floor measured beside it, in the same run."""
