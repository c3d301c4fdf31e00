"""A dose, as dosing has charted it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """What was given, when, by which route."""

    id: UUID
    patient_id: UUID
    session_id: UUID
    site_id: UUID
    route: str
    amount_mg: Decimal  # mg of base
    administered_at: datetime
    mg_per_kg: Decimal | None = None  # unknown for doses charted before it was told


def hours_since_dose(doses: Sequence[Dose], at: datetime) -> int | None:
    """Whole hours from the last dose before a time; None where there was none."""
    before = [dose.administered_at for dose in doses if dose.administered_at <= at]
    return (at - max(before)) // timedelta(hours=1) if before else None
