"""Two patient ids are one person, or are two people after all."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction

from dosing import publish
from dosing.domain.exposure import History
from dosing.store import exposures, patients, persons, projections
from dosing.use_cases.stop_further_drug import StopFurtherDrug, stop_further_drug
from dosing.use_cases.watch_misuse import watch_misuse


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPatients:
    """What intake decided of two records. `together` is False where they were parted again."""

    surviving_patient_id: UUID
    merged_patient_id: UUID
    together: bool
    changed_at: datetime  # aware, UTC


async def link_patients(command: LinkPatients, tx: Transaction) -> None:
    """Keep it; a repeat or old news changes nothing.

    From the commit on intervals, exposure, safety concerns and what was dispensed for a patient
    are those of the whole person. A dose that is just being given to either id is waited for.
    """
    pair = (command.surviving_patient_id, command.merged_patient_id)
    for patient_id in pair:
        patients.add(tx, patient_id)
    await patients.lock_both(tx, *pair)
    changed = await persons.save(
        tx,
        command.merged_patient_id,
        command.surviving_patient_id,
        active=command.together,
        changed_at=command.changed_at,
    )
    if changed and command.together:
        await _joined(command.surviving_patient_id, tx)


async def _joined(patient_id: UUID, tx: Transaction) -> None:
    """Tell what the person was given under all names, and stop what must not go on."""
    history: History = await exposures.history(tx, patient_id)
    if await projections.concern_open(tx, patient_id):
        worried = StopFurtherDrug(patient_id=patient_id, reason="safety_concern")
        await stop_further_drug(worried, tx)
    if history.doses:
        await outbox.append(tx, publish.exposure_changed(patient_id, history, tx.now))
        await watch_misuse(patient_id, history, tx.now, tx)
