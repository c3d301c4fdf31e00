"""Policy of what is measured, how change is judged, and what groups may be shown."""

from datetime import timedelta
from decimal import Decimal
from functools import cache

from integration.data.reading import hours, read
from integration.domain.cohort import CohortPolicy
from integration.domain.measure import Anchor, MeasureSchedule, Planned
from integration.domain.outcome import Formula, OutcomePolicy, Scale


@cache
def outcomes() -> OutcomePolicy:
    """How a change on a rating scale is judged. Raises KeyError for a broken file."""
    document = read("outcomes_v2.toml")
    scales = {}
    for row in document["scale"]:
        figures = {name: Decimal(value) for name, value in row.items() if name != "instrument"}
        scales[row["instrument"]] = Scale(instrument=row["instrument"], **figures)
    reliable_at = Decimal(document["reliable_at"])
    return OutcomePolicy(
        version=document["version"],
        reliable_at=reliable_at,
        scales=scales,
        formulas=tuple(Formula(**row) for row in document["formula"]),
    )


@cache
def measures() -> MeasureSchedule:
    """When which rating scale is due. Raises KeyError for a broken file."""
    document = read("measures_v2.toml")
    lines = [
        Planned(
            instruments=tuple(row["instruments"]),
            anchor=Anchor(row["anchor"]),
            occasion=row["occasion"],
            days=tuple(row["days"]),
        )
        for row in document["measure"]
    ]
    return MeasureSchedule(
        version=document["version"],
        overdue_after=hours(document["overdue_after_hours"]),
        early=timedelta(days=document["early_days"]),
        lines=tuple(lines),
        dosing_visit_types=frozenset(document["dosing_visit_types"]),
        checks=frozenset(row["code"] for row in document["check"]),
    )


@cache
def cohorts() -> CohortPolicy:
    """Which groups may be shown. Raises KeyError for a broken file."""
    document = read("cohorts_v2.toml")
    return CohortPolicy(
        version=document["version"],
        smallest_cell=document["smallest_cell"],
        settled_after=timedelta(days=document["settled_after_days"]),
        bands=tuple(
            (row["code"], Decimal(row["below_mg_per_kg"]) if "below_mg_per_kg" in row else None)
            for row in document["band"]
        ),
    )
