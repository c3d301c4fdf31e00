"""Change what is known of who a patient is and how they are reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion

from intake.domain.patient import Patient
from intake.store import clearances, patients
from intake.use_cases.reconsider_clearance import reconsider_clearance


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatePatient:
    """Other data, by the names of a patient's fields; what is not named stays."""

    patient_id: UUID
    version: int  # as the caller has read it
    changes: Mapping[str, Any]


async def update_patient(command: UpdatePatient, tx: Transaction) -> Patient:
    """Keep the change. Who the patient is stays in intake; a clearance that rested on another date
    of birth, site or state is derived anew.

    Raises PatientNotFound (404), StaleVersion (412), ImpossibleBirthDate (422).
    """
    clearance = await clearances.lock(tx, command.patient_id)
    patient = await patients.find(tx, command.patient_id)
    if patient.version != command.version:
        raise StaleVersion
    changed = patient.changed(**command.changes)
    changed.check_birth(tx.now.astimezone(ZoneInfo(changed.zone)).date())
    await patients.save(tx, changed)
    await reconsider_clearance(clearance, tx)
    return changed
