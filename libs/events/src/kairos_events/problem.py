"""What a check has to say: which event, where in it, which rule, and who breaks by what."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule. `event` is a wire type or, for what is no event, a topic or file name."""

    event: str
    path: str
    """Where, e.g. `$.staff[].role`; `$` is the event as a whole."""
    rule: str
    """The rule's short name and, after a colon, what is wrong."""
    version: str | None = None
    """The hash that names the writer's schema, where the rule is about a reader."""
    reader: str | None = None
    """The reader that breaks, e.g. `intake.SessionAborted`."""
    instance: str | None = None
    """JSON that the writer may write and the reader refuses, where one was found."""

    def __str__(self) -> str:
        """One line for a person."""
        said = f"{self.event} {self.path} {self.rule}"
        if self.reader is None:
            return said
        shown = "no instance found" if self.instance is None else self.instance
        return f"{said} (version {self.version}, reader {self.reader}): {shown}"
