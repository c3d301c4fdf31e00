"""The network's policy, as it ships."""

from functools import cache

from intake.data import reading
from intake.domain.concern import Severity
from intake.domain.policy import Policy


@cache
def policy() -> Policy:
    """The policy in force. Raises ValueError for a broken file."""
    return checked(reading.parse(Policy, reading.load("policy_v3.toml")))


def checked(read: Policy) -> Policy:
    """The same policy, proved whole. Raises ValueError."""
    steps = [(one.severity, one.unattended) for one in read.escalations]
    if sorted(steps) != sorted((s, alone) for s in Severity for alone in (False, True)):
        raise ValueError("policy: every severity climbs one way, attended or not")
    for one in read.escalations:
        minutes = [step.after_minutes for step in one.steps]
        if not minutes or minutes != sorted(set(minutes)) or one.repeat_minutes < 1:
            raise ValueError("policy: the steps of an escalation come one after the other")
    return read
