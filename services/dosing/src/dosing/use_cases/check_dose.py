"""Check a drawn dose as the second person."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site

from dosing import data
from dosing.domain import staff
from dosing.domain.errors import (
    CheckDisagrees,
    DrawNotFound,
    OrderNotActive,
    SamePerson,
)
from dosing.domain.gate import Check
from dosing.domain.staff import Act
from dosing.store import containers, doses, orders, practitioners, sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckDose:
    """What the second person read off the syringe, with the patient identified."""

    session_id: UUID
    draw_id: UUID
    amount_mg: Decimal  # the dose to be given
    volume_ml: Decimal | None
    units: int | None
    by: Caller


async def check_dose(command: CheckDose, tx: Transaction) -> UUID:
    """Keep the check. Returns its id.

    Raises SessionNotFound, DrawNotFound (404), SessionOver, OrderNotActive, SamePerson,
    NotLicensed, CheckDisagrees (409).
    """
    session = await sessions.lock(tx, command.session_id)
    admit_site(command.by, session.site_id)
    session.check_open()
    order = await orders.latest_of(tx, session.id)
    if order is None or not order.active:
        raise OrderNotActive
    entries = await containers.entries_of_draw(tx, command.draw_id)
    if not entries or entries[0].session_id != session.id:
        raise DrawNotFound
    by = command.by.subject
    if by == entries[0].actor:
        raise SamePerson
    person = await practitioners.one(tx, by)
    staff.require(person, Act.HANDLE, data.qualifications(), session, tx.now)
    if (command.amount_mg, command.volume_ml, command.units) != (order.mg, order.ml, order.units):
        raise CheckDisagrees
    check = Check(
        order_id=order.id,
        draw_id=command.draw_id,
        checked_by=by,
        checked_at=tx.now,
        amount_mg=command.amount_mg,
    )
    return doses.add_check(tx, session.id, check)
