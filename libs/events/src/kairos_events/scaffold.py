"""The files of a new event, as texts. They are a start: a person reads them before they count."""

import json
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
    def module(self) -> str:
        """The name of its module."""
        return self.type.partition(".")[2].replace(".", "_")

    @property
    def class_name(self) -> str:
        """The name of its class."""
        return "".join(word.capitalize() for word in self.module.split("_"))


def module_text(event: NewEvent) -> str:
    """The model. A next major version says how the one before is read."""
    key = Field(event.key, "id", nullable=False, meaning="What it is about: an opaque id.")
    known = {KINDS[field.kind][0] for field in event.fields} - {"UUID", "bool"}
    lines = [f'"""{event.means}"""', ""]
    later = major_of(event.type) > 1
    if later:
        lines += ["from collections.abc import Mapping", "from typing import Any"]
    lines += ["from uuid import UUID", ""]
    if known:
        lines.append(f"from kairos_events.fields import {', '.join(sorted(known))}")
    lines += [
        "from kairos_events.model import PublicEvent",
        "",
        "",
        f"class {event.class_name}(",
        "    PublicEvent,",
        f'    type="{event.type}",',
        f'    topic="{event.topic}",',
        f'    key="{event.key}",',
        "):",
        f'    """{event.means}',
        "",
        f"    {event.when}",
        '    """',
        "",
    ]
    for field in (key, *event.fields):
        lines += [f"    {field.name}: {field.annotation}", f'    """{field.meaning}"""']
    if later:
        lines += [
            "",
            "    @classmethod",
            "    def from_previous(cls, told: Mapping[str, Any]) -> dict[str, Any]:",
            f'        """{event.previous} said the same in other words."""',
            "        return dict(told)",
        ]
    return "\n".join(lines) + "\n"


def sample_text(event: NewEvent) -> str:
    """A golden sample with made-up values."""
    sample: dict[str, object] = {event.key: "0197a3c0-0000-7000-8000-000000000001"}
    sample |= {field.name: KINDS[field.kind][1] for field in event.fields}
    return json.dumps(sample, indent=2) + "\n"


def exported(text: str, event: NewEvent) -> str:
    """A package's `__init__` with the event among its imports and in `__all__`, both in order."""
    head, _, names = text.partition("__all__ = [")
    imports = [line for line in head.splitlines() if line.startswith("from ")]
    said = head.splitlines()[0]
    path = f"kairos_events.{event.service}.{event.module}"
    imports.append(f"from {path} import {event.class_name}")
    listed = [line.strip(' ",') for line in names.splitlines() if '"' in line]
    listed.append(event.class_name)
    lines = [said, "", *sorted(set(imports)), "", "__all__ = ["]
    lines += [f'    "{name}",' for name in sorted(set(listed))]
    return "\n".join([*lines, "]"]) + "\n"
