"""Keep a patient who could leave but for the escort, and have somebody paged in time."""

from uuid import UUID

from kairos_chassis.db import Transaction

from dosing import data
from dosing.store import sessions
from dosing.store.watch_timers import ESCORT_PAGE, after


async def hold_for_escort(session_id: UUID, tx: Transaction) -> None:
    """Page the charge nurse once the escort is half an hour late. Raises SessionNotFound (404)."""
    session = await sessions.find(tx, session_id)
    after(tx, ESCORT_PAGE, session.id, data.escort_page_after())
