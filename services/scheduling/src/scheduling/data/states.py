"""The states there are."""

from functools import cache

from scheduling.data import read


@cache
def us_states() -> frozenset[str]:
    """USPS two-letter codes."""
    return frozenset(read("us_states_v1.toml")["codes"])
