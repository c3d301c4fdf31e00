"""A plan for the topics, for people and for programs."""

from __future__ import annotations

import dataclasses
from typing import Any

from kairos_events.topic_changes import Plan
from rich.table import Table
from rich.text import Text


def differences(plan: Plan) -> Table:
    """What is done, a line for each setting."""
    table = Table(box=None, pad_edge=False)
    for heading in ("topic", "to do", "setting", "is", "shall be"):
        table.add_column(heading, header_style="dim", no_wrap=True)
    for step in plan.steps:
        name, action = step.topic.name, str(step.action)
        for difference in step.differences:
            found = difference.found or "–"  # noqa: RUF001
            table.add_row(name, action, difference.setting, found, difference.wanted)
            name = action = ""
    return table


def refusals(plan: Plan) -> Text:
    """What is refused, why, and what a person can do."""
    said = Text("Refused; nothing is changed.", style="bold red")
    for one in plan.refusals:
        found = "not set" if one.difference.found is None else one.difference.found
        said.append(
            f"\n{one.topic}: {one.difference.setting} is {found}, shall be "
            f"{one.difference.wanted}. {one.reason}",
            style="not bold default",
        )
        said.append(f"\n  {one.advice}", style="not bold default")
    return said


def as_data(plan: Plan) -> dict[str, Any]:
    """The same for programs; `steps` are done only when `refusals` is empty."""
    return {
        "steps": [
            {
                "topic": step.topic.name,
                "action": str(step.action),
                "differences": [dataclasses.asdict(one) for one in step.differences],
            }
            for step in plan.steps
        ],
        "refusals": [dataclasses.asdict(one) for one in plan.refusals],
    }
