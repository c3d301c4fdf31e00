"""Keep that the gate refused a dose."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from kairos_chassis import outbox
from kairos_chassis.db import Transaction

from dosing import publish
from dosing.store import doses, sessions
from dosing.store.signals import EARLY
from dosing.use_cases.watch_tries import watch_tries


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRefusal:
    """A refused administration, with every rule that refused."""

    command_id: UUID  # of the administration; a repeat that is refused alike is kept once
    session_id: UUID
    rules: tuple[str, ...]
    requested_by: UUID


async def record_refusal(command: RecordRefusal, tx: Transaction) -> None:
    """Keep the refusal and announce it, both or neither; a repeat changes nothing.

    The session stays as it is. The refusal has a transaction of its own: that of the
    administration was rolled back. Raises SessionNotFound (404).
    """
    session = await sessions.find(tx, command.session_id)
    refusal_id = uuid5(command.command_id, ",".join(sorted(command.rules)))
    kept = await doses.add_refusal(tx, refusal_id, session, command.rules, command.requested_by)
    if kept:
        await outbox.append(tx, publish.administration_refused(session, command.rules, tx.now))
        if not EARLY.isdisjoint(command.rules):
            await watch_tries(session.patient_id, tx)
