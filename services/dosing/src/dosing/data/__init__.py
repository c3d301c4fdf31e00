"""Policy as versioned data, each figure with its source beside it."""

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from datetime import timedelta
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, TypeVar, get_type_hints

from dosing.domain import protocol as p
from dosing.domain.errors import NoProtocol, UnknownProduct
from dosing.domain.staff import Act, Qualification

Part = TypeVar("Part")
_PROTOCOLS = ("protocol_im_racemic_ketamine_v1.toml",)  # newest last
_UNITS = ("hours", "minutes", "seconds")


def document(name: str) -> dict[str, Any]:
    """A data file as it stands."""
    return tomllib.loads(resources.files(__name__).joinpath(name).read_text())


@cache
def protocols() -> tuple[p.Protocol, ...]:
    """Every version of every protocol, oldest first. Raises KeyError for a broken file."""
    return tuple(_protocol(document(name)) for name in _PROTOCOLS)


def protocol_for(route: str) -> p.Protocol:
    """The protocol in force for a route. Raises NoProtocol."""
    for one in reversed(protocols()):
        if one.route == route:
            return one
    raise NoProtocol


def protocol(code: str, version: str) -> p.Protocol:
    """The version a session was opened with. Raises NoProtocol."""
    for one in protocols():
        if (one.code, one.version) == (code, version):
            return one
    raise NoProtocol


@cache
def formulary() -> Mapping[str, p.Product]:
    """Products by code."""
    return {row["code"]: _product(row) for row in document("formulary_v1.toml")["product"]}


def product(code: str, route: str | None = None) -> p.Product:
    """A product, one that may be given by `route` if that is named. Raises UnknownProduct."""
    found = formulary().get(code)
    if found is None or (route is not None and route not in found.routes):
        raise UnknownProduct
    return found


@cache
def qualifications() -> tuple[Qualification, ...]:
    """Who may do what."""
    return tuple(
        Qualification(act=Act(row["act"]), role=row["role"], kinds=tuple(row["kinds"]))
        for row in document("credentials_v1.toml")["qualification"]
    )


def _protocol(text: dict[str, Any]) -> p.Protocol:
    return p.Protocol(
        code=text["code"],
        version=text["version"],
        route=text["route"],
        parenteral=text["parenteral"]["value"],
        dose=_part(p.DoseLimits, text["dose"]),
        weight=_part(p.WeightLimits, text["weight"]),
        interval=_part(p.Interval, text["interval"]),
        watch=_part(p.Watch, text["watch"]),
        pre_dose=_part(p.PreDose, text["pre_dose"]),
        discharge=_part(p.DischargeCriteria, text["discharge"]),
        charting=_part(p.Charting, text["charting"]),
        plausible={name: tuple(row["value"]) for name, row in text["plausible"].items()},
    )


def _part(kind: type[Part], table: dict[str, Any]) -> Part:
    """A part of the protocol from its table. Raises KeyError for a figure it lacks."""
    hints = get_type_hints(kind)
    figures = {one.name: _figure(one.name, hints[one.name], table) for one in fields(kind)}  # type: ignore[arg-type]
    return kind(**figures)


def _figure(name: str, hint: Any, table: dict[str, Any]) -> Any:
    if hint is timedelta:
        unit = next((unit for unit in _UNITS if f"{name}_{unit}" in table), _UNITS[0])
        return timedelta(**{unit: table[f"{name}_{unit}"]["value"]})
    if hint == Decimal | None and name not in table:
        return None
    value = table[name]["value"]
    if isinstance(value, str):
        return Decimal(value)
    return tuple(value) if isinstance(value, list) else value


def _product(row: dict[str, Any]) -> p.Product:
    return p.Product(
        code=row["code"],
        substance=row["substance"],
        routes=tuple(row["routes"]),
        concentration_mg_per_ml=Decimal(row["concentration_mg_per_ml"]["value"]),
        container_mg=Decimal(row["container_mg"]["value"]),
    )
