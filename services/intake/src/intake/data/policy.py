"""The network's policy, as it ships."""

from functools import cache

from intake.data import reading
from intake.domain.policy import Policy


@cache
def policy() -> Policy:
    """The policy in force. Raises ValueError for a broken file."""
    return reading.parse(Policy, reading.load("policy_v1.toml"))
