"""Dosing has charted a dose; after a patient's first one, calls are owed."""

from kairos_chassis.db import Transaction

from integration.data import safety_calls
from integration.domain.dose import Dose
from integration.domain.measure import Anchor
from integration.store import doses
from integration.use_cases.keep_dose import keep_dose
from integration.use_cases.owe_safety_call import OweSafetyCall, owe_safety_call
from integration.use_cases.plan_measures import PlanMeasures, plan_measures


async def note_dose(dose: Dose, tx: Transaction) -> None:
    """Keep the dose. Where it is the patient's first, owe calls and plan measures by policy."""
    earlier = await doses.of_patient(tx, dose.patient_id)
    if not await keep_dose(dose, tx) or earlier:
        return
    measured = PlanMeasures(
        patient_id=dose.patient_id,
        anchor=Anchor.FIRST_DOSE,
        anchor_id=dose.id,
        at=dose.administered_at,
    )
    await plan_measures(measured, tx)
    for occasion, due_at in safety_calls().owed(dose.administered_at).items():
        owed = OweSafetyCall(
            patient_id=dose.patient_id,
            session_id=dose.session_id,
            occasion=occasion,
            due_at=due_at,
        )
        await owe_safety_call(owed, tx)
