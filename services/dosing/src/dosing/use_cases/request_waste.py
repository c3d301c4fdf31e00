"""Ask for drug to be wasted; it counts once somebody else has witnessed it."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing import data
from dosing.domain import staff
from dosing.domain.errors import DrawNotFound
from dosing.domain.infusion import running_mg
from dosing.domain.ledger import check_held
from dosing.domain.order import check_decimals
from dosing.domain.staff import Act
from dosing.domain.waste import Waste, WasteReason
from dosing.store import containers, infusions, practitioners, sessions, wastes
from dosing.use_cases.watch_handling import watch_handling


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestWaste:
    """A part of a draw that is thrown away."""

    draw_id: UUID
    amount_mg: Decimal  # of base, > 0, at most 3 decimals
    reason: WasteReason
    by: Caller


async def request_waste(command: RequestWaste, tx: Transaction) -> Waste:
    """Keep the waste, waiting for its witness. What runs into the patient cannot be wasted.

    Raises DrawNotFound (404), NotLicensed, AmountNotHeld (409), ImpossibleAmount (422).
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
    running = running_mg(await infusions.of_session(tx, session.id), command.draw_id)
    pending = await wastes.pending_mg(tx, command.draw_id)
    check_held(entries, pending + running, command.amount_mg)
    asked = Waste(
        id=uuid7(),
        container_id=container.id,
        session_id=session.id,
        draw_id=command.draw_id,
        amount_mg=command.amount_mg,
        reason=command.reason,
        requested_by=by,
        requested_at=tx.now,
    )
    wastes.add(tx, asked)
    await watch_handling(by, tx)
    return asked
