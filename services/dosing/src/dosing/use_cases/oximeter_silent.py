"""No saturation has come for too long: call somebody, while the patient is sedated."""

from uuid import UUID, uuid5

from kairos_chassis.db import Transaction

from dosing import data
from dosing.domain import oximetry
from dosing.domain.session import WATCHED
from dosing.store import observations, sessions
from dosing.use_cases.call_for_oximeter import call_for_oximeter


async def oximeter_silent(session_id: UUID, tx: Transaction) -> None:
    """No saturation has come for too long. Nothing once the patient is awake, or gone."""
    session = await sessions.lock(tx, session_id)
    seen = await observations.of_session(tx, session_id)
    if session.state in WATCHED and oximetry.sedated(seen, data.oximetry_policy()):
        await call_for_oximeter(session, uuid5(session.id, tx.now.isoformat()), tx)
