"""Safety calls, at rest."""

from collections.abc import Sequence
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import Text, bindparam, or_, select

from integration.domain.errors import SafetyCallNotFound
from integration.domain.safety_call import SafetyCall
from integration.store.paging import asked_person, by_instant, position
from integration.store.records import Records
from integration.store.tables import safety_call

safety_calls = Records(safety_call, SafetyCall, SafetyCallNotFound)

_OF_OCCASION = statement(
    select(safety_call).where(
        safety_call.c.session_id == bindparam("session_id"),
        safety_call.c.occasion == bindparam("occasion"),
    )
)
_state = bindparam("state", type_=Text)
_PAGE = statement(
    by_instant(
        safety_call,
        "due_at",
        asked_person(safety_call.c.patient_id),
        or_(_state.is_(None), (_state == "open") == safety_call.c.completed_at.is_(None)),
    )
)


async def of_occasion(tx: Transaction, session_id: UUID, occasion: str) -> SafetyCall | None:
    """The call that follows a dosing session on an occasion, if it is known already."""
    row = await tx.fetch_one(_OF_OCCASION, session_id=session_id, occasion=occasion)
    return None if row is None else safety_calls.of(row)


async def page(
    tx: Transaction,
    *,
    patient_id: UUID | None,
    state: str | None,
    after: Sequence[str] | None,
    limit: int,
) -> list[SafetyCall]:
    """Calls by due time, `limit` at most, after the position of a cursor."""
    wanted = {"patient_id": patient_id, "state": state, "limit": limit}
    return await safety_calls.all(tx, _PAGE, **wanted, **position(after))
