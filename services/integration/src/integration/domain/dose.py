"""A dose, as dosing has charted it."""

from dataclasses import dataclass
from datetime import datetime
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
