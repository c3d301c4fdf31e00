"""Dosing has charted a dose; after a patient's first one, calls are owed."""

from kairos_chassis.db import Transaction

from integration.data import safety_calls
from integration.domain.dose import Dose
from integration.store import doses
from integration.use_cases.owe_safety_call import OweSafetyCall, owe_safety_call


async def note_dose(dose: Dose, tx: Transaction) -> None:
    """Keep the dose. Where it is the patient's first, owe the calls that policy asks for."""
    earlier = await doses.of_patient(tx, dose.patient_id)
    if any(one.id == dose.id for one in earlier):
        return
    doses.doses.add(tx, dose)
    if earlier:
        return
    for occasion, due_at in safety_calls().owed(dose.administered_at).items():
        owed = OweSafetyCall(
            patient_id=dose.patient_id,
            session_id=dose.session_id,
            occasion=occasion,
            due_at=due_at,
        )
        await owe_safety_call(owed, tx)
