"""Policy as versioned data, each figure with its source beside it."""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from dosing.data.care import (
    alert_rules,
    emergency_answer_within,
    escort_page_after,
    follow_up_rules,
    glass_policy,
    instructions,
    loss_policy,
    misuse_policy,
    oximetry_policy,
    rems_due_after,
    rems_form_policy,
    report_policy,
    watch_policy,
)
from dosing.data.files import document, part
from dosing.domain import protocol as p
from dosing.domain.baseline import BaselineLimits
from dosing.domain.errors import NoProtocol, UnknownProduct
from dosing.domain.soundness import broken_examples, contradictions, unsourced
from dosing.domain.staff import Act, Qualification

__all__ = [
    "FORMULARY",
    "PROTOCOLS",
    "alert_rules",
    "document",
    "emergency_answer_within",
    "escort_page_after",
    "faults_of",
    "follow_up_rules",
    "formulary",
    "glass_policy",
    "has_protocol",
    "hash_of",
    "instructions",
    "loss_policy",
    "misuse_policy",
    "oximetry_policy",
    "product",
    "protocol",
    "protocol_for",
    "protocol_of",
    "protocols",
    "qualifications",
    "rems_due_after",
    "rems_form_policy",
    "report_policy",
    "shipped",
    "watch_policy",
]

DEFAULT_LOCALE = "us"
PROTOCOLS = (  # of one route and locale the newest last
    "protocol_im_racemic_ketamine_v1.toml",
    "protocol_im_racemic_ketamine_v2.toml",
    "protocol_im_racemic_ketamine_v3.toml",
    "protocol_im_racemic_ketamine_v4.toml",
    "protocol_iv_racemic_ketamine_v1.toml",
    "protocol_iv_racemic_ketamine_v2.toml",
    "protocol_iv_racemic_ketamine_v3.toml",
    "protocol_sublingual_racemic_ketamine_v1.toml",
    "protocol_sublingual_racemic_ketamine_v2.toml",
    "protocol_sublingual_racemic_ketamine_v3.toml",
    "protocol_oral_racemic_ketamine_v1.toml",
    "protocol_oral_racemic_ketamine_v2.toml",
    "protocol_oral_racemic_ketamine_v3.toml",
    "protocol_nasal_racemic_ketamine_v1.toml",
    "protocol_nasal_racemic_ketamine_v2.toml",
    "protocol_nasal_racemic_ketamine_v3.toml",
    "protocol_nasal_esketamine_us_v1.toml",
    "protocol_nasal_esketamine_us_v2.toml",
    "protocol_nasal_esketamine_us_v3.toml",
    "protocol_nasal_esketamine_ex_us_v1.toml",
    "protocol_nasal_esketamine_ex_us_v2.toml",
    "protocol_nasal_esketamine_ex_us_v3.toml",
)
FORMULARY = "formulary_v2.toml"
_UNITS = ("hours", "minutes", "seconds")


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


def has_protocol(route: str, locale: str) -> bool:
    """Whether one is shipped for a route in a locale."""
    return any((one.route, one.locale) == (route, locale) for one in protocols())


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


def hash_of(text: Mapping[str, Any]) -> str:
    """SHA-256 of a document's canonical form: what a medical director signs."""
    return hashlib.sha256(json.dumps(text, sort_keys=True).encode()).hexdigest()


def faults_of(text: dict[str, Any]) -> list[str]:
    """What keeps a document from being a protocol; empty where it is sound."""
    try:
        parsed = protocol_of(text)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        return [f"unreadable: {error}"]
    return [
        *unsourced(text),
        *contradictions(parsed),
        *broken_examples(parsed, text.get("example", []), formulary()),
    ]


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
        dose=part(p.DoseLimits, text["dose"]),
        infusion=None if infusion is None else part(p.InfusionLimits, infusion),
        exposure=None if exposure is None else part(p.ExposureLimits, exposure),
        weight=part(p.WeightLimits, text["weight"]),
        interval=part(p.Interval, text["interval"]),
        watch=part(p.Watch, text["watch"]),
        pre_dose=part(p.PreDose, text["pre_dose"]),
        baseline=part(BaselineLimits, text["baseline"]) if "baseline" in text else None,
        discharge=part(p.DischargeCriteria, text["discharge"]),
        charting=part(p.Charting, text["charting"]),
        plausible={name: tuple(row["value"]) for name, row in text["plausible"].items()},
    )


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
