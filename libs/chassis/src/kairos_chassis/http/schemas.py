"""Bases of what routes take and answer."""

from typing import Any
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, RootModel

_ZONES = frozenset(available_timezones())


def known_zone(name: str) -> str:
    """A time zone's name, for a field's validator. Raises ValueError for one nobody knows."""
    if name not in _ZONES:
        raise ValueError("is no IANA time zone")
    return name


class Body(BaseModel):
    """A request body: strict and closed, so that a misspelt field is refused, not ignored."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, hide_input_in_errors=True, allow_inf_nan=False
    )


class JsonDocument(RootModel[dict[str, Any]]):
    """A JSON object of a standard of its own, such as a FHIR bundle; whoever takes it checks it."""

    model_config = ConfigDict(strict=True, frozen=True, hide_input_in_errors=True)


class Answer(BaseModel):
    """A response body."""

    model_config = ConfigDict(extra="forbid", frozen=True)
