"""A new event, as a person asks for it: its name, its words and its fields."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from kairos_events.wire_types import major_of, with_major

KINDS = {
    "id": ("UUID", "0197a3c0-0000-7000-8000-000000000099"),
    "instant": ("Instant", "2026-03-05T16:40:00Z"),
    "day": ("Day", "2026-03-05"),
    "code": ("Code", "example"),
    "codes": ("Codes", ["example"]),
    "decimal": ("ExactDecimal", "1.5"),
    "positive": ("PositiveDecimal", "1.5"),
    "version": ("Version", 1),
    "version_tag": ("VersionTag", "2026.1"),
    "minutes": ("Minutes", 10),
    "reading": ("Reading", 80),
    "percent": ("Percent", 50),
    "route": ("Route", "im"),
    "bool": ("bool", True),
}
"""The kinds of field that the scaffold knows: type and an example. There are more in `fields`."""

_TYPE = re.compile(r"([a-z]+)\.([a-z][a-z0-9_]*?)(?:\.v([1-9][0-9]*))?")
_FIELD = re.compile(r"([a-z][a-z0-9_]*):([a-z_]+)(\?)?=(.+)")


class ScaffoldError(ValueError):
    """What is asked for is no event of ours."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a new event."""

    name: str
    kind: str
    nullable: bool
    meaning: str

    @classmethod
    def read(cls, text: str) -> Self:
        """Read `reason:code=Why, e.g. pain.`; a `?` after the kind allows null."""
        match = _FIELD.fullmatch(text)
        if match is None or match[2] not in KINDS:
            raise ScaffoldError(f"not NAME:KIND=MEANING with a known kind: {text}")
        return cls(match[1], match[2], match[3] is not None, match[4])

    @property
    def annotation(self) -> str:
        """Its type, as it stands in the model."""
        return KINDS[self.kind][0] + (" | None" if self.nullable else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """An event that is not there yet."""

    type: str
    means: str
    when: str
    topic: str
    key: str
    fields: Sequence[Field]

    @classmethod
    def read(
        cls,
        type_: str,
        *,
        means: str,
        when: str,
        topic: str | None,
        key: str,
        fields: Sequence[Field],
    ) -> Self:
        """Complete what a person gave. Raises ScaffoldError."""
        match = _TYPE.fullmatch(type_)
        if match is None:
            raise ScaffoldError(f"not <service>.<fact>: {type_}")
        if key in {field.name for field in fields}:
            raise ScaffoldError(f"the key {key} is a field by itself")
        return cls(
            type=f"{match[1]}.{match[2]}.v{match[3] or 1}",
            means=means,
            when=when,
            topic=topic or f"{match[1]}.events",
            key=key,
            fields=fields,
        )

    @property
    def service(self) -> str:
        """The service that publishes it."""
        return self.type.partition(".")[0]

    @property
    def previous(self) -> str:
        """The wire type of the version before."""
        return with_major(self.type, major_of(self.type) - 1)

    @property
    def is_later(self) -> bool:
        """Whether it is a next major version of an event."""
        return major_of(self.type) > 1

    @property
    def module(self) -> str:
        """The name of its module."""
        return self.type.partition(".")[2].replace(".", "_")

    @property
    def class_name(self) -> str:
        """The name of its class."""
        return "".join(word.capitalize() for word in self.module.split("_"))
