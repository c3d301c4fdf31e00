"""What a check has to say: which event, where in it, which rule."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule. `event` is a wire type or, for what is no event, a topic or file name."""

    event: str
    path: str
    """Where, e.g. `$.staff[].role`; `$` is the event as a whole."""
    rule: str
    """The rule's short name and, after a colon, what is wrong."""

    def __str__(self) -> str:
        """One line for a person."""
        return f"{self.event} {self.path} {self.rule}"
