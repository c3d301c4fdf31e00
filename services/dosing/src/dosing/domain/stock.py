"""Counts, discrepancies, transfers and destruction of stock (clinical reference 5)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

_SATURDAY = 5


class StepKind(StrEnum):
    """What was done about a discrepancy."""

    EXPLAINED = "explained"
    LOSS = "loss"
    NOTIFIED = "notified"  # DEA field office, in writing
    REPORTED = "reported"  # Form 106


@dataclass(frozen=True, slots=True, kw_only=True)
class LossPolicy:
    """By when a loss is told; policy data."""

    notify_business_days: int
    report_within: timedelta
    in_transit_max: timedelta
    initial_inventory_within: timedelta  # of the first container at a site
    inventory_within: timedelta  # of the one before


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrepancy:
    """A count that differs from the book. Its clocks run from its discovery."""

    id: UUID
    site_id: UUID
    container_id: UUID
    count_id: UUID
    book_mg: Decimal
    counted_mg: Decimal
    discovered_by: UUID
    discovered_at: datetime
    notify_due_at: datetime
    report_due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that was done about it."""

    id: UUID
    discrepancy_id: UUID
    kind: StepKind
    reason: str
    done_by: UUID
    witness: UUID | None
    done_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A container on its way to another site of the network."""

    id: UUID
    from_container_id: UUID
    from_site_id: UUID
    to_site_id: UUID
    amount_mg: Decimal
    sent_by: UUID
    sent_at: datetime
    to_container_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Destruction:
    """Stock to be rendered non-retrievable; done once two employees have seen it."""

    id: UUID
    container_id: UUID
    amount_mg: Decimal
    method: str
    asked_by: UUID
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """From whom a container came (21 CFR 1304.22(a))."""

    container_id: UUID
    supplier_name: str
    supplier_address: str
    supplier_dea: str
    invoice: str
    received_on: date


def business_days_after(moment: datetime, days: int) -> datetime:
    """The same time of day so many business days later: weekends do not count, holidays do.

    A holiday only makes the clock stricter than the law.
    """
    due = moment
    while days:
        due += timedelta(days=1)
        if due.weekday() < _SATURDAY:
            days -= 1
    return due
