"""The files of a new event, as texts. They are a start: a person reads them before they count."""

import json

from kairos_events.scaffold import KINDS, Field, NewEvent


def module_text(event: NewEvent) -> str:
    """The model. A next major version says how the one before is read."""
    lines = [f'"""{event.means}"""', "", *_imports(event), "", ""]
    lines += [
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
    key = Field(event.key, "id", nullable=False, meaning="What it is about: an opaque id.")
    for field in (key, *event.fields):
        lines += [f"    {field.name}: {field.annotation}", f'    """{field.meaning}"""']
    if event.is_later:
        lines += [
            "",
            "    @classmethod",
            "    def from_previous(cls, told: Mapping[str, Any]) -> dict[str, Any]:",
            f'        """{event.previous} said the same in other words."""',
            "        return dict(told)",
        ]
    return "\n".join(lines) + "\n"


def _imports(event: NewEvent) -> list[str]:
    kinds = {KINDS[field.kind][0] for field in event.fields} - {"UUID", "bool"}
    lines = []
    if event.is_later:
        lines += ["from collections.abc import Mapping", "from typing import Any"]
    lines += ["from uuid import UUID", ""]
    if kinds:
        lines.append(f"from kairos_events.fields import {', '.join(sorted(kinds))}")
    return [*lines, "from kairos_events.model import PublicEvent"]


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
