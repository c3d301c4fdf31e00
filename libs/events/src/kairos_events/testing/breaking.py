"""For tests: the instance that shows a reader to refuse what a writer may write.

Needs Hypothesis and jsonschema (the extra `testing`). The compatibility check reasons about two
schemas; this tries the reader itself, and so also finds what a model checks in Python code alone.
"""

import dataclasses
import json
from collections.abc import Callable, Collection, Mapping
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.errors import NoSuchExample
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import BaseModel, ValidationError

from kairos_events.compatibility import reading_problems
from kairos_events.problem import Problem
from kairos_events.schema import Schema
from kairos_events.testing.instances import instances
from kairos_events.wire_text import instant_from

_TRIES = settings(
    max_examples=200,
    deadline=None,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
_FORMATS = FormatChecker()


@_FORMATS.checks("date-time", raises=ValueError)
def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or bool(instant_from(value))


def breaks(
    event: str, versions: Mapping[str, Schema], reader: type[BaseModel], wanted: Schema
) -> list[Problem]:
    """Hold a reader, described by `wanted`, against each version of its event, by its hash."""
    found = []
    for version, writer in versions.items():
        problems = reading_problems(event, writer, wanted)
        instance = breaking_instance(writer, reader) if problems else None
        found += [
            dataclasses.replace(one, version=version, reader=reader.__name__, instance=instance)
            for one in problems
        ]
    return found


def breaking_instance(writer: Schema, reader: type[BaseModel]) -> str | None:
    """Search for JSON that `writer` allows and `reader` refuses; return a small one, or None.

    The search is the same in each run. Finding none is no proof.
    """
    return _search(writer, reader.model_fields, lambda value: _refuses(reader, value))


def instance_refused(writer: Schema, wanted: Schema) -> str | None:
    """The same for a reader that is known by its schema only, e.g. from the readers' manifest."""
    validator = Draft202012Validator(wanted, format_checker=_FORMATS)
    names = wanted.get("properties", {})
    return _search(writer, names, lambda value: not validator.is_valid(value))


def _search(writer: Schema, names: Collection[str], refused: Callable[[Any], bool]) -> str | None:
    try:
        instance = find(
            instances(writer, names),
            refused,
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
