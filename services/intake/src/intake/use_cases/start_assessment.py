"""Start an assessment of a patient with an instrument."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from intake.data import instruments
from intake.domain.assessment import Assessment
from intake.store import assessments, patients


@dataclass(frozen=True, slots=True, kw_only=True)
class StartAssessment:
    """A patient is asked the items of an instrument."""

    patient_id: UUID
    instrument: str


async def start_assessment(command: StartAssessment, tx: Transaction) -> Assessment:
    """Open the assessment with the instrument's newest version, which it keeps.

    Raises PatientNotFound, InstrumentNotFound (404).
    """
    await patients.find(tx, command.patient_id)
    instrument = instruments.current(command.instrument)
    started = Assessment(
        id=uuid7(),
        patient_id=command.patient_id,
        instrument=instrument.code,
        instrument_version=instrument.version,
        started_at=tx.now,
    )
    assessments.add(tx, started)
    return started
