"""Witness that stock was rendered non-retrievable, with a log-in of one's own."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing.domain.errors import SamePerson, WitnessDisagrees
from dosing.domain.ledger import EntryKind, Posting
from dosing.domain.stock_errors import DestructionDone
from dosing.store import containers, practitioners, stock

_WITNESSES = 2  # 21 CFR 1304.21(e), Form 41: two employees


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessDestruction:
    """What the witness personally saw."""

    destruction_id: UUID
    amount_mg: Decimal
    by: Caller


async def witness_destruction(command: WitnessDestruction, tx: Transaction) -> int:
    """Keep the witness; the second one enters it into the ledger. Returns how many have seen it.

    Raises DestructionNotFound (404), SamePerson, WitnessDisagrees, DestructionDone, AmountNotHeld
    (409).
    """
    asked = await stock.find_destruction(tx, command.destruction_id)
    container = await containers.lock(tx, asked.container_id)
    admit_site(command.by, container.site_id)
    seen, by = await stock.witnesses_of(tx, asked.id), command.by.subject
    if len(seen) >= _WITNESSES:
        raise DestructionDone
    if by == asked.asked_by or by in seen:
        raise SamePerson
    await practitioners.require_known(tx, by)
    if command.amount_mg != asked.amount_mg:
        raise WitnessDisagrees
    stock.add_witness(tx, asked.id, by)
    if len(seen) + 1 == _WITNESSES:
        posting = Posting(
            id=uuid7(),
            kind=EntryKind.DESTROY,
            amount_mg=asked.amount_mg,
            at=tx.now,
            actor=next(iter(seen)),
            witness=by,
            reference_id=asked.id,
            reason=asked.method,
        )
        containers.save(tx, container.enter(posting))
    return len(seen) + 1
