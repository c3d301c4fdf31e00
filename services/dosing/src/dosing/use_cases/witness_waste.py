"""Witness a waste, with a log-in of one's own."""

from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing import data
from dosing.domain import staff
from dosing.domain.errors import WasteWitnessed, WitnessDisagrees
from dosing.domain.ledger import Container, EntryKind, Posting
from dosing.domain.staff import Act
from dosing.domain.waste import Waste
from dosing.store import containers, practitioners, sessions, wastes


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessWaste:
    """Somebody saw the drug made unusable."""

    waste_id: UUID
    amount_mg: Decimal  # as the witness saw it
    by: Caller


async def witness_waste(command: WitnessWaste, tx: Transaction) -> tuple[Waste, Container]:
    """Enter the waste into the ledger. Returns it with the container after it.

    Raises WasteNotFound (404), SamePerson, NotLicensed, WitnessDisagrees, WasteWitnessed (409).
    """
    waste = await wastes.find(tx, command.waste_id)
    session = await sessions.find(tx, waste.session_id)
    admit_site(command.by, session.site_id)
    container = await containers.lock(tx, waste.container_id)
    entries = await containers.entries_of_draw(tx, waste.draw_id)
    if any(one.reference_id == waste.id for one in entries):
        raise WasteWitnessed
    by = command.by.subject
    hands = (EntryKind.DRAW, EntryKind.ADMINISTER)
    waste.check_witness(by, frozenset(one.actor for one in entries if one.kind in hands))
    person = await practitioners.one(tx, by)
    staff.require(person, Act.HANDLE, data.qualifications(), session, tx.now)
    if command.amount_mg != waste.amount_mg:
        raise WitnessDisagrees
    entered = container.enter(
        Posting(
            id=uuid7(),
            kind=EntryKind.WASTE,
            amount_mg=waste.amount_mg,
            at=tx.now,
            actor=waste.requested_by,
            witness=by,
            session_id=session.id,
            draw_id=waste.draw_id,
            reference_id=waste.id,
        )
    )
    containers.save(tx, entered)
    return waste, replace(entered, entries=())
