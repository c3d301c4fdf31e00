"""Keep that the gate refused a dose."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction

from dosing import publish
from dosing.store import doses, sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRefusal:
    """A refused administration, with every rule that refused."""

    session_id: UUID
    rules: tuple[str, ...]
    requested_by: UUID


async def record_refusal(command: RecordRefusal, tx: Transaction) -> None:
    """Keep the refusal and announce it, both or neither. The session stays as it is.

    It has a transaction of its own: that of the administration was rolled back.
    """
    session = await sessions.find(tx, command.session_id)
    doses.add_refusal(tx, session, command.rules, command.requested_by)
    await outbox.append(tx, publish.administration_refused(session, command.rules, tx.now))
