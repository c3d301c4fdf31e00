"""Open a breach where the integration visit after a dose has not taken place in time."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from scheduling import publish
from scheduling.domain.practitioner import Role
from scheduling.store import duties, visits


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBreach:
    """The deadline of a session has come."""

    session_id: UUID


async def open_breach(command: OpenBreach, tx: Transaction) -> None:
    """Open it, give it to the therapist of the dosing visit, and announce it; or nothing."""
    duty = await duties.lock(tx, command.session_id)
    if duty is None:
        return
    owner = await _owner(duty.dosing_visit_id, tx)
    breached = duty.breach(uuid7(), owner=owner, at=tx.now)
    if breached is duty:
        return
    await duties.save(tx, breached)
    await outbox.append(tx, publish.breach_opened(breached))


async def _owner(dosing_visit_id: UUID, tx: Transaction) -> UUID | None:
    visit = await visits.find_if_known(tx, dosing_visit_id)
    if visit is None:
        return None
    return visit.staff.get(Role.THERAPIST) or visit.staff.get(Role.PRESCRIBER)
