"""Policy on care and stock: alerts, calls, break-glass, misuse, reports, clocks."""

from datetime import timedelta
from functools import cache
from typing import Any

from dosing.data.files import document, part
from dosing.domain.adverse_event import ReportPolicy
from dosing.domain.alerts import AlertRule, Condition, Severity
from dosing.domain.break_glass import GlassPolicy
from dosing.domain.follow_up import FollowUpRule, Occasion
from dosing.domain.instructions import Instructions
from dosing.domain.misuse import MisusePolicy
from dosing.domain.oximetry import OximetryPolicy
from dosing.domain.rems_form import FormPolicy
from dosing.domain.stock import LossPolicy
from dosing.domain.watching import WatchPolicy

_STAFFING = "staffing_v2.toml"


@cache
def glass_policy() -> GlassPolicy:
    """When a dose may be given although intake cannot be asked."""
    return part(GlassPolicy, document("break_glass_v1.toml"))


@cache
def escort_page_after() -> timedelta:
    """How long the escort may be late until somebody is paged."""
    table = document(_STAFFING)
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


@cache
def watch_policy() -> WatchPolicy:
    """How many patients one person may watch at once."""
    return part(WatchPolicy, document(_STAFFING))


@cache
def misuse_policy() -> MisusePolicy:
    """From when on exposure is worth a look."""
    return part(MisusePolicy, document("misuse_v3.toml"))


@cache
def oximetry_policy() -> OximetryPolicy:
    """When pulse oximetry has to run without a break."""
    return part(OximetryPolicy, document("monitoring_v1.toml"))


@cache
def emergency_answer_within() -> timedelta:
    """How soon somebody has answered an emergency, before others are called."""
    seconds = document("monitoring_v1.toml")["emergency_answer_seconds"]["value"]
    return timedelta(seconds=seconds)


@cache
def alert_rules() -> tuple[AlertRule, ...]:
    """Which readings raise an alert."""
    return tuple(_rule(row) for row in document("alerts_v2.toml")["rule"])


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


def instructions(language: str) -> Instructions:
    """What a patient is given on leaving, in this language, else in English."""
    return next((one for one in _instructions() if one.language == language), _instructions()[0])


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
        look_again_after=_minutes(row.get("look_again_after_minutes")),
    )


def _minutes(count: int | None) -> timedelta | None:
    return None if count is None else timedelta(minutes=count)


@cache
def report_policy() -> ReportPolicy:
    """By when a serious adverse event is reported."""
    return part(ReportPolicy, document("adverse_events_v1.toml"))


@cache
def loss_policy() -> LossPolicy:
    """By when a loss of drug is told."""
    return part(LossPolicy, document("stock_v2.toml"))


@cache
def rems_form_policy() -> FormPolicy:
    """Which edition of the monitoring form is filled, and what its answers go by."""
    return part(FormPolicy, document("rems_form_v1.toml"))


@cache
def rems_due_after() -> timedelta:
    """Within what time a monitoring form is submitted."""
    table = document(_STAFFING)
    return timedelta(hours=table["rems_form_due_after_hours"]["value"])
