"""Return drawn drug of which nothing was given and nothing is running into a patient."""

from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing import data
from dosing.domain import staff
from dosing.domain.errors import DrawNotFound, ReturnAfterUse
from dosing.domain.ledger import Container, EntryKind, Posting, check_held
from dosing.domain.order import check_decimals
from dosing.domain.staff import Act
from dosing.store import containers, infusions, practitioners, sessions, wastes


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnDrug:
    """A part of a draw that goes back into stock."""

    draw_id: UUID
    amount_mg: Decimal  # of base, > 0, at most 3 decimals
    by: Caller


async def return_drug(command: ReturnDrug, tx: Transaction) -> Container:
    """Enter the return. Returns the container after it.

    Raises DrawNotFound (404), NotLicensed, ReturnAfterUse, AmountNotHeld (409),
    ImpossibleAmount (422).
    """
    check_decimals(command.amount_mg)
    entries = await containers.entries_of_draw(tx, command.draw_id)
    if not entries or entries[0].session_id is None:
        raise DrawNotFound
    session = await sessions.lock(tx, entries[0].session_id)
    admit_site(command.by, session.site_id)
    by = command.by.subject
    person = await practitioners.one(tx, by)
    staff.require(person, Act.HANDLE, data.qualifications(), session, tx.now)
    container = await containers.lock(tx, entries[0].container_id)
    entries = await containers.entries_of_draw(tx, command.draw_id)
    given = any(one.kind is EntryKind.ADMINISTER for one in entries)
    # The ledger has what runs in only at its end: from the start on the syringe is in use.
    infused = [one.draw_id for one in await infusions.of_session(tx, session.id)]
    if given or command.draw_id in infused:
        raise ReturnAfterUse
    check_held(entries, await wastes.pending_mg(tx, command.draw_id), command.amount_mg)
    returned = container.enter(
        Posting(
            id=uuid7(),
            kind=EntryKind.RETURN,
            amount_mg=command.amount_mg,
            at=tx.now,
            actor=by,
            session_id=session.id,
            draw_id=command.draw_id,
        )
    )
    containers.save(tx, returned)
    return replace(returned, entries=())
