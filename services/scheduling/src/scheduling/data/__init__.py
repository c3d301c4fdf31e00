"""Policy as versioned data, each figure with its source beside it."""

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from scheduling.domain.booking_policy import BookingPolicy
from scheduling.domain.check_in import CheckInPolicy
from scheduling.domain.course import Protocol, Rule, Step
from scheduling.domain.credential_policy import CredentialPolicy
from scheduling.domain.credential_rules import CredentialRules
from scheduling.domain.integration_duty import IntegrationPolicy
from scheduling.domain.practitioner import Role
from scheduling.domain.reminder import ReminderPolicy
from scheduling.domain.visit_type import MostDoses, VisitType
from scheduling.domain.waitlist import WaitlistPolicy


def read(name: str) -> dict[str, Any]:
    """A file of policy."""
    return tomllib.loads(resources.files(__name__).joinpath(name).read_text())


@cache
def visit_types() -> Mapping[str, VisitType]:
    """Visit types by code. Raises KeyError or ValueError for a broken file."""
    document = read("visit_types_v3.toml")
    kinds = credential_kinds()
    types = [_visit_type(document["version"], row) for row in document["visit_type"]]
    for one in types:
        needed = {kind for kinds_ in one.staff.values() for kind in kinds_}
        unknown = (needed | set(one.emergency_lead)) - kinds.keys()
        if unknown:
            raise ValueError(f"visit type {one.code} needs unknown credentials: {sorted(unknown)}")
    return MappingProxyType({one.code: one for one in types})


def _visit_type(version: str, row: dict[str, Any]) -> VisitType:
    return VisitType(
        code=row["code"],
        version=version,
        route=row.get("route"),
        room_required=row["room_required"],
        duration_minutes=row["duration_minutes"],
        minimum_watch_minutes=row["minimum_watch_minutes"],
        room_before_minutes=row["room_before_minutes"],
        room_after_minutes=row["room_after_minutes"],
        staff={Role(role): tuple(kinds) for role, kinds in row["staff"].items()},
        equipment=tuple(row["equipment"]),
        interval_hours=row.get("interval_hours", 0),
        monitor=Role(row["monitor"]) if "monitor" in row else None,
        emergency_lead=tuple(row.get("emergency_lead", ())),
        most_doses=MostDoses(**row["most_doses"]) if "most_doses" in row else None,
        rules=credential_rules(),
    )


@cache
def booking_policy() -> BookingPolicy:
    """How visits are held, watched, cancelled and overbooked."""
    document = read("booking_v2.toml")
    overbooking = document["overbooking"]
    return BookingPolicy(
        version=document["version"],
        hold_minutes=document["hold"]["minutes"],
        hold_most_minutes=document["hold"]["most_minutes"],
        patients_per_monitor=document["monitor"]["patients_per_monitor"],
        first_dose_one_to_one=document["monitor"]["first_dose_one_to_one"],
        frees_lost_slots=document["clearance_lost"]["slot"] == "free",
        late_hours=document["cancellation"]["late_hours"],
        cancel_reasons=frozenset(document["cancellation"]["reasons"]),
        no_show_minutes=document["no_show"]["minutes_after_start"],
        overbook_visit_types=frozenset(overbooking["visit_types"]),
        overbook_resources=frozenset(overbooking["resources"]),
        overbook_reasons=frozenset(overbooking["reasons"]),
    )


@cache
def credential_policy() -> CredentialPolicy:
    """How credentials are watched until they lapse."""
    document = read("credential_kinds_v3.toml")
    zones = read("state_zones_v1.toml")["zones"]
    return CredentialPolicy(
        version=document["version"],
        kinds=MappingProxyType({row["code"]: row["bound_to_state"] for row in document["kind"]}),
        alert_days=tuple(document["alert_days"]),
        verify_every_days=document["verify_every_days"],
        sources=frozenset(document["verification_sources"]),
        zones=MappingProxyType({state: zone for zone, all_ in zones.items() for state in all_}),
    )


@cache
def credential_rules() -> CredentialRules:
    """Where a kind is asked for, and what stands in for another one."""
    rows = read("credential_kinds_v3.toml")["kind"]
    instead: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for row in rows:
        if "stands_for" in row:
            instead[row["stands_for"]][row["code"]] = tuple(row["needs"])
    return CredentialRules(
        states={row["code"]: frozenset(row["only_in"]) for row in rows if "only_in" in row},
        substitutes=instead,
    )


def credential_kinds() -> Mapping[str, bool]:
    """Kind of credential to whether it counts in one state only."""
    return credential_policy().kinds


@cache
def check_in_policy() -> CheckInPolicy:
    """What has to be true before a patient is checked in."""
    document = read("check_in_v2.toml")
    return CheckInPolicy(
        version=document["version"],
        earliest_minutes_before_start=document["earliest_minutes_before_start"],
        escort_routes=frozenset(document["escort_routes"]),
        fasting_answer_routes=frozenset(document["fasting_answer_routes"]),
        fasting_kept_routes=frozenset(document["fasting_kept_routes"]),
        screen_routes=frozenset(document["screen_routes"]),
        consent_routes=frozenset(document["consent_routes"]),
    )


@cache
def integration_policy() -> IntegrationPolicy:
    """Until when the integration visit after a dose has to have taken place."""
    document = read("integration_due_v1.toml")
    return IntegrationPolicy(
        version=document["version"],
        hours=MappingProxyType(document["hours"]),
        resolutions=frozenset(document["resolutions"]),
    )


@cache
def waitlist_policy() -> WaitlistPolicy:
    """How slots that come free are offered to those who wait."""
    document = read("waitlist_v1.toml")
    return WaitlistPolicy(
        version=document["version"],
        offer_minutes=document["offer_minutes"],
        least_notice=timedelta(minutes=document["least_notice_minutes"]),
    )


@cache
def reminder_policy() -> ReminderPolicy:
    """When patients are reminded of a visit, and in which words."""
    document = read("reminders_v1.toml")
    return ReminderPolicy(
        version=document["version"],
        hours_before={row["kind"]: row["hours_before"] for row in document["reminder"]},
        texts=MappingProxyType(document["text"]),
        most_attempts=document["most_attempts"],
        retry_minutes=document["retry_minutes"],
    )


@cache
def protocols() -> Mapping[str, Protocol]:
    """Courses by code. Raises KeyError or ValueError for a broken file."""
    document = read("course_protocols_v1.toml")
    made = [_protocol(document["version"], row) for row in document["protocol"]]
    unknown = {step.visit_type for one in made for step in one.steps} - visit_types().keys()
    if unknown:
        raise ValueError(f"courses name unknown visit types: {sorted(unknown)}")
    return MappingProxyType({one.code: one for one in made})


def _protocol(version: str, row: dict[str, Any]) -> Protocol:
    steps = tuple(
        Step(
            code=step["code"],
            visit_type=step["visit_type"],
            rules=tuple(
                Rule(
                    kind=rule["kind"],
                    after=rule["after"],
                    days=tuple(rule["days"]) if "days" in rule else None,
                    hours=tuple(rule["hours"]) if "hours" in rule else None,
                )
                for rule in step.get("rules", ())
            ),
        )
        for step in row["steps"]
    )
    return Protocol(code=row["code"], version=version, title=row["title"], steps=steps)
