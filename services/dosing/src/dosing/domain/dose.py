"""A dose that was given."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from dosing.domain.errors import ImpossibleTime
from dosing.domain.protocol import Charting


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenDose:
    """Charted once, never changed. Milligrams of base."""

    id: UUID
    command_id: UUID  # names the request; a repeat charts nothing
    session_id: UUID
    patient_id: UUID
    order_id: UUID
    draw_id: UUID
    baseline_observation_id: UUID  # the vital signs it was given on
    amount_mg: Decimal
    administered_at: datetime  # as the clinician states it
    recorded_at: datetime  # the platform's time: watching and intervals count from it
    administered_by: UUID
    confirmation_id: UUID
    clearance_version: int
    extra_monitoring: tuple[str, ...]


def check_administered_at(stated: datetime, charting: Charting, now: datetime) -> None:
    """Raises ImpossibleTime for a stated time too far from the platform's."""
    if stated > now + charting.future_tolerance or stated < now - charting.administered_late_max:
        raise ImpossibleTime


def check_prepared(stated: datetime, prepared_at: datetime, charting: Charting) -> None:
    """Raises ImpossibleTime for a dose stated as given before it was drawn and checked."""
    if stated < prepared_at - charting.future_tolerance:  # a clinician's clock may run behind
        raise ImpossibleTime
