"""Patients reach what is theirs, under whichever of their records it was kept."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_patient

from integration.http.call import IntegrationCall
from integration.store import people


async def admit_person(
    call: IntegrationCall, patient_id: UUID, tx: Transaction, missing: Exception
) -> None:
    """Let staff and the person pass. Raises `missing` for a patient's token of somebody else."""
    mine = call.caller.patient_id
    if mine is not None and await people.same(tx, mine, patient_id):
        return
    admit_patient(call.caller, patient_id, missing)
