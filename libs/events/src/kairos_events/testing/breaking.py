"""For tests: the instance that shows a reader to refuse what a writer may write.

Needs Hypothesis (the extra `testing`). The compatibility check reasons about two schemas; this
tries the reader itself, and so also finds what a model checks in Python code alone.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.errors import NoSuchExample
from pydantic import BaseModel, ValidationError

from kairos_events.compatibility import reading_problems
from kairos_events.problem import Problem
from kairos_events.schema import Schema
from kairos_events.testing.instances import instances

_TRIES = settings(
    max_examples=200,
    deadline=None,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True, slots=True)
class Break:
    """One reason why a reader may not accept one version of an event."""

    problem: Problem
    version: str
    """The hash that names the writer's blessed schema."""
    reader: str
    instance: str | None
    """JSON that the writer may write and the reader refuses; None where none was found."""

    def __str__(self) -> str:
        """One line for a person."""
        shown = "no instance found" if self.instance is None else self.instance
        return f"{self.problem} (version {self.version}, reader {self.reader}): {shown}"


def breaks(
    event: str, versions: Mapping[str, Schema], reader: type[BaseModel], wanted: Schema
) -> list[Break]:
    """Hold a reader, described by `wanted`, against each version of its event, by its hash."""
    found = []
    for version, writer in versions.items():
        problems = reading_problems(event, writer, wanted)
        instance = breaking_instance(writer, reader) if problems else None
        found += [Break(problem, version, reader.__name__, instance) for problem in problems]
    return found


def breaking_instance(writer: Schema, reader: type[BaseModel]) -> str | None:
    """Search for JSON that `writer` allows and `reader` refuses; return a small one, or None.

    The search is the same in each run. Finding none is no proof.
    """
    try:
        instance = find(
            instances(writer, reader.model_fields),
            lambda value: _refuses(reader, value),
            settings=_TRIES,
            random=Random(0),  # noqa: S311 - repeatable, not secret
        )
    except NoSuchExample:
        return None
    return json.dumps(instance, sort_keys=True)


def _refuses(reader: type[BaseModel], value: Any) -> bool:
    try:
        reader.model_validate_json(json.dumps(value))
    except ValidationError:
        return True
    return False
