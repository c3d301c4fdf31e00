"""For tests: generated instances of a schema, and the instance that breaks a reader.

Needs Hypothesis (the extra `testing`).
"""
