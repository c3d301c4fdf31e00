"""What a service does when intake has erased who a patient was: it destroys the patient's keys.

Words and private notes open no more, in backups neither (see `patient_keys`); codes, doses and the
books of controlled substances stay, without a person. What the service itself must keep longer,
by the dates of its own records, is kept until that day, and then erased by a timer.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from uuid import UUID

from kairos_events.envelope import Envelope
from kairos_events.model import Reader
from kairos_events.uuid7 import uuid7

from kairos_chassis import audit, patient_keys, timers
from kairos_chassis.db import Transaction
from kairos_chassis.retention import retention_of
from kairos_chassis.timers import Due
from kairos_chassis.words import PURPOSE

DUE: Final = "patient.erasure"
KIND: Final = "chart"  # whose schedule counts; that of private notes is shorter

LastCare = Callable[[Transaction, UUID], Awaitable[datetime | None]]
Place = tuple[str | None, UUID | None]  # a state, and a site in it
LastPlaces = Callable[[Transaction, UUID], Awaitable[list[Place]]]
Forget = Callable[[UUID, Transaction], Awaitable[None]]


class PatientErased(Reader, type="intake.patient_erased.v1"):
    """Who a patient was has been erased; no legal hold forbade it."""

    patient_id: UUID


@dataclass(frozen=True, slots=True)
class Erasure:
    """How a service erases: when it last cared for a patient, what it forgets beside words, and
    where it cared for them, if it knows: the schedule of each place counts."""

    last_care: LastCare
    forget: Forget | None = None
    places: LastPlaces | None = None

    async def on_event(self, event: PatientErased, _envelope: Envelope, tx: Transaction) -> None:
        """Destroy the patient's keys, or keep them for as long as the law says."""
        await self.erase(event.patient_id, tx)

    async def on_due(self, timer: Due, tx: Transaction) -> None:
        """An erased patient's words need be kept no longer."""
        await self.erase(timer.subject_id, tx)

    async def erase(self, patient_id: UUID, tx: Transaction) -> None:
        """Erase now, or on the first day on which it may be. Every outcome is audited."""
        tx.about(patient_id)
        last = await self.last_care(tx, patient_id)
        if last is not None:
            places = [] if self.places is None else await self.places(tx, patient_id)
            kept = [retention_of(tx.network).of(KIND, *one) for one in (*places, (None, None))]
            until = max(one.keep_until(last.astimezone(UTC).date()) for one in kept)
            if tx.now.date() <= until:
                at = datetime.combine(until + timedelta(days=1), time(0), UTC)
                timers.schedule(tx, DUE, patient_id, at, patient_id=patient_id)
                audit.record(tx, _act(), "refused", reason="still_kept")
                return
        if self.forget is not None:
            await self.forget(patient_id, tx)
        await patient_keys.destroy(tx, patient_id)
        await patient_keys.bury(tx, patient_id, PURPOSE)
        audit.record(tx, _act(), "allowed")


def _act() -> audit.Act:
    return audit.Act(
        action="patient.erase",
        purpose="PATRQT",
        resource="event:intake.patient_erased",
        request_id=uuid7(),
        source_address=None,
        caller=None,
    )
