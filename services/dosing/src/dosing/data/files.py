"""Reads policy files: tables of figures, each with its source beside it."""

import tomllib
from dataclasses import fields
from datetime import timedelta
from decimal import Decimal
from importlib import resources
from typing import Any, TypeVar, get_args, get_type_hints

Part = TypeVar("Part")
_UNITS = ("hours", "minutes", "seconds")


def document(name: str) -> dict[str, Any]:
    """A data file as it stands."""
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text())


def part(kind: type[Part], table: dict[str, Any]) -> Part:
    """A part of the protocol from its table. Raises KeyError for a figure it lacks."""
    hints = get_type_hints(kind)
    figures = {one.name: _figure(one.name, hints[one.name], table) for one in fields(kind)}  # type: ignore[arg-type]
    return kind(**figures)


def _figure(name: str, hint: Any, table: dict[str, Any]) -> Any:
    kinds = get_args(hint) or (hint,)
    if timedelta in kinds:
        unit = next((unit for unit in _UNITS if f"{name}_{unit}" in table), None)
        if unit is not None:
            return timedelta(**{unit: table[f"{name}_{unit}"]["value"]})
        name = f"{name}_{_UNITS[0]}"
    if type(None) in kinds and name not in table:
        return None
    return _value(table[name]["value"], numbers="Decimal" in str(hint))


def _value(value: Any, *, numbers: bool) -> Any:
    if isinstance(value, list):
        return tuple(_value(one, numbers=numbers) for one in value)
    return Decimal(value) if numbers else value
