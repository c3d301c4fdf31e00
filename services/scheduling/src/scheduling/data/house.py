"""The policy that holds where a network, or one of its sites, has set its own."""

from functools import cache

from scheduling.data import (
    booking_policy,
    check_in_policy,
    read,
    reminder_policy,
    waitlist_policy,
)
from scheduling.domain.house_policy import (
    Figure,
    Figures,
    HousePolicy,
    PolicyRules,
    Value,
    booking_with,
    check_in_with,
    waitlist_with,
)


@cache
def policy_rules() -> PolicyRules:
    """What may be set, and within which bounds. Raises KeyError for a broken file."""
    document = read("house_policy_v1.toml")
    shipped = _shipped() | document["shipped"]
    figures = [
        Figure(
            name=row["name"],
            tighter=row["tighter"],
            per_site=row["per_site"],
            shipped=shipped[row["name"]],
            least=row.get("least"),
            most=row.get("most"),
            codes=frozenset(row.get("codes", ())),
        )
        for row in document["figure"]
    ]
    return PolicyRules(version=document["version"], figures={one.name: one for one in figures})


def _shipped() -> dict[str, Value]:
    booking, waitlist = booking_policy(), waitlist_policy()
    return {
        "patients_per_monitor": booking.patients_per_monitor,
        "first_dose_one_to_one": booking.first_dose_one_to_one,
        "hold_minutes": booking.hold_minutes,
        "lost_slot": "free" if booking.frees_lost_slots else "keep",
        "late_hours": booking.late_hours,
        "no_show_minutes": booking.no_show_minutes,
        "overbook_visit_types": tuple(sorted(booking.overbook_visit_types)),
        "overbook_resources": tuple(sorted(booking.overbook_resources)),
        "overbook_reasons": tuple(sorted(booking.overbook_reasons)),
        "offer_minutes": waitlist.offer_minutes,
        "least_notice_minutes": int(waitlist.least_notice.total_seconds() // 60),
        "earliest_minutes_before_start": check_in_policy().earliest_minutes_before_start,
        "reminders": tuple(reminder_policy().hours_before),
    }


def house_policy(
    network: Figures, site: Figures, *, network_version: int = 0, site_version: int = 0
) -> HousePolicy:
    """What is shipped, under what the network set, under what the site set."""
    figures = policy_rules().shipped() | dict(network) | dict(site)
    return HousePolicy(
        figures=figures,
        network_version=network_version,
        site_version=site_version,
        booking=booking_with(booking_policy(), figures),
        waitlist=waitlist_with(waitlist_policy(), figures),
        check_in=check_in_with(check_in_policy(), figures),
    )
