"""Give no more drug to a patient of whom another service says that they may not have it."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction

from dosing.store import patients, projections, sessions
from dosing.use_cases.stop_and_call import stop_and_call
from dosing.use_cases.stop_drug import StopDrug


@dataclass(frozen=True, slots=True, kw_only=True)
class StopFurtherDrug:
    """Why. With `only_if_not_cleared` sessions of a route that is cleared go on: the newest
    clearance counts, whichever event came last."""

    patient_id: UUID
    reason: str
    only_if_not_cleared: bool = False


async def stop_further_drug(command: StopFurtherDrug, tx: Transaction) -> None:
    """Stop the drug in the patient's dosed sessions; one not dosed yet is refused at the gate.

    A dose that the gate has just let through is waited for: it would be committed after what was
    announced here, and nobody would stop it. The caller has kept what was announced already.
    """
    await tx.flush()
    await patients.lock_attending(tx, command.patient_id)
    for session in await sessions.watched_of_patient(tx, command.patient_id):
        known = await projections.clearance_of(tx, session.patient_id, session.route)
        if command.only_if_not_cleared and known.cleared_at(tx.now):
            continue
        stop = StopDrug(session=session, reason=command.reason, by=None, not_tolerated=False)
        await stop_and_call(stop, tx)
