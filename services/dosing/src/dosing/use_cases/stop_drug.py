"""Give no more drug in a session."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction

from dosing import publish
from dosing.domain.session import Session
from dosing.store import alerts, exposures
from dosing.store.alerts import DrugStop


@dataclass(frozen=True, slots=True, kw_only=True)
class StopDrug:
    """Why, and by whom: None where a rule of the platform did."""

    session: Session
    reason: str  # a code
    by: UUID | None
    not_tolerated: bool  # whether the dose so far counts as not tolerated


async def stop_drug(command: StopDrug, tx: Transaction) -> bool:
    """Keep and announce it; a repeat changes nothing. Returns whether it was new.

    A running infusion is stopped by whoever stands at the pump, with the volume that it shows.
    """
    session = command.session
    stop = DrugStop(
        session_id=session.id,
        patient_id=session.patient_id,
        reason=command.reason,
        automatic=command.by is None,
        stopped_by=command.by,
        stopped_at=tx.now,
    )
    if not await alerts.stop_drug(tx, stop):
        return False
    if command.not_tolerated:
        exposures.add_intolerance(tx, session.patient_id, session.id, command.reason)
    event = publish.administration_stopped(
        session, command.reason, tx.now, automatic=command.by is None
    )
    await outbox.append(tx, event)
    return True
