"""Policy as versioned data, each figure with its source beside it."""

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from datetime import timedelta
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, TypeVar, get_args, get_type_hints

from dosing.domain import protocol as p
from dosing.domain.alerts import AlertRule, Condition, Severity
from dosing.domain.break_glass import GlassPolicy
from dosing.domain.errors import NoProtocol, UnknownProduct
from dosing.domain.follow_up import FollowUpRule, Occasion
from dosing.domain.instructions import Instructions
from dosing.domain.misuse import MisusePolicy
from dosing.domain.staff import Act, Qualification

Part = TypeVar("Part")
DEFAULT_LOCALE = "us"
PROTOCOLS = (  # of one route and locale the newest last
    "protocol_im_racemic_ketamine_v1.toml",
    "protocol_im_racemic_ketamine_v2.toml",
    "protocol_iv_racemic_ketamine_v1.toml",
    "protocol_sublingual_racemic_ketamine_v1.toml",
    "protocol_oral_racemic_ketamine_v1.toml",
    "protocol_nasal_racemic_ketamine_v1.toml",
    "protocol_nasal_esketamine_us_v1.toml",
    "protocol_nasal_esketamine_ex_us_v1.toml",
)
FORMULARY = "formulary_v2.toml"
_UNITS = ("hours", "minutes", "seconds")


def document(name: str) -> dict[str, Any]:
    """A data file as it stands."""
    return tomllib.loads(resources.files(__name__).joinpath(name).read_text())


@cache
def protocols() -> tuple[p.Protocol, ...]:
    """Every version of every protocol, oldest first. Raises KeyError for a broken file."""
    return tuple(protocol_of(document(name)) for name in PROTOCOLS)


def protocol_for(route: str, locale: str = DEFAULT_LOCALE) -> p.Protocol:
    """The protocol shipped for a route. Raises NoProtocol."""
    for one in reversed(protocols()):
        if (one.route, one.locale) == (route, locale):
            return one
    raise NoProtocol


def protocol(code: str, version: str) -> p.Protocol:
    """One shipped version. Raises NoProtocol."""
    found = shipped(code, version)
    if found is None:
        raise NoProtocol
    return found


def shipped(code: str, version: str) -> p.Protocol | None:
    """One shipped version, or None: a network may have protocols of its own."""
    wanted = (code, version)
    return next((one for one in protocols() if (one.code, one.version) == wanted), None)


@cache
def formulary() -> Mapping[str, p.Product]:
    """Products by code."""
    return {row["code"]: _product(row) for row in document(FORMULARY)["product"]}


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


@cache
def glass_policy() -> GlassPolicy:
    """When a dose may be given although intake cannot be asked."""
    return _part(GlassPolicy, document("break_glass_v1.toml"))


@cache
def escort_page_after() -> timedelta:
    """How long the escort may be late until somebody is paged."""
    table = document("staffing_v1.toml")
    return timedelta(minutes=table["escort_page_after_minutes"]["value"])


@cache
def follow_up_rules() -> tuple[FollowUpRule, ...]:
    """Which calls are owed after a session."""
    rows = document("follow_ups_v1.toml")["follow_up"]
    return tuple(
        FollowUpRule(
            kind=row["kind"],
            when=Occasion(row["when"]),
            after=timedelta(hours=row["after_hours"]["value"]),
        )
        for row in rows
    )


def instructions(language: str) -> Instructions:
    """What a patient is given on leaving, in this language, else in English."""
    return next((one for one in _instructions() if one.language == language), _instructions()[0])


@cache
def _instructions() -> tuple[Instructions, ...]:
    table = document("instructions_v1.toml")
    return tuple(
        Instructions(
            version=f"{table['version']}-{text['language']}",
            language=text["language"],
            title=text["title"],
            lines=tuple(text["lines"]),
        )
        for text in table["text"]
    )


@cache
def monitor_ratio() -> int:
    """How many patients one person may watch at once."""
    ratio: int = document("staffing_v1.toml")["patients_per_monitor"]["value"]
    return ratio


@cache
def misuse_policy() -> MisusePolicy:
    """From when on exposure is worth a look."""
    return _part(MisusePolicy, document("misuse_v1.toml"))


@cache
def alert_rules() -> tuple[AlertRule, ...]:
    """Which readings raise an alert."""
    return tuple(_rule(row) for row in document("alerts_v1.toml")["rule"])


def protocol_of(text: Mapping[str, Any]) -> p.Protocol:
    """A protocol from its document. Raises KeyError for a figure it lacks."""
    exposure, infusion = text.get("exposure"), text.get("infusion")
    return p.Protocol(
        code=text["code"],
        version=text["version"],
        route=text["route"],
        locale=text.get("locale", DEFAULT_LOCALE),
        parenteral=text["parenteral"]["value"],
        rems="rems" in text and text["rems"]["value"],
        dose=_part(p.DoseLimits, text["dose"]),
        infusion=None if infusion is None else _part(p.InfusionLimits, infusion),
        exposure=None if exposure is None else _part(p.ExposureLimits, exposure),
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


def _product(row: dict[str, Any]) -> p.Product:
    def number(name: str) -> Decimal | None:
        return Decimal(row[name]["value"]) if name in row else None

    return p.Product(
        code=row["code"],
        substance=row["substance"],
        routes=tuple(row["routes"]),
        ndc=row["ndc"],
        form=row["form"],
        concentration_mg_per_ml=number("concentration_mg_per_ml"),
        unit_mg=number("unit_mg"),
        container_mg=Decimal(row["container_mg"]["value"]),
        salt_per_base_mg=Decimal(row["salt_per_base_mg"]["value"]),
        beyond_use_days=row["beyond_use_days"]["value"] if "beyond_use_days" in row else None,
        single_unit="single_unit" in row and row["single_unit"]["value"],
    )


def _rule(row: dict[str, Any]) -> AlertRule:
    return AlertRule(
        code=row["code"],
        severity=Severity(row["severity"]),
        stops_drug=row["stops_drug"],
        conditions=tuple(
            Condition(
                sign=one["sign"],
                at_least=one.get("at_least"),
                at_most=one.get("at_most"),
                rise=one.get("rise", False),
            )
            for one in row.get("any", ())
        ),
        lasting=timedelta(minutes=row.get("for_minutes", 0)),
        symptoms=frozenset(row.get("symptoms", ())),
        moaas_at_most=row.get("moaas_at_most"),
    )
