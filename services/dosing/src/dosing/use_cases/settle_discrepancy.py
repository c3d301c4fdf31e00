"""Settle a discrepancy: explain it, or write the difference off as a loss; report it."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing.domain.errors import SamePerson
from dosing.domain.ledger import EntryKind, Posting
from dosing.domain.stock import Discrepancy, Step, StepKind
from dosing.domain.stock_errors import DiscrepancyClosed
from dosing.store import containers, practitioners, stock
from dosing.store.watch_timers import DISCREPANCY_NOTICE, DISCREPANCY_REPORT, cancel

_SETTLING = (StepKind.EXPLAINED, StepKind.LOSS)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleDiscrepancy:
    """One step. Explaining and writing off take a second person who agrees."""

    discrepancy_id: UUID
    kind: StepKind
    reason: str
    witness: UUID | None
    by: Caller


async def settle_discrepancy(command: SettleDiscrepancy, tx: Transaction) -> Step:
    """Keep the step. What is explained or lost is corrected by an entry of its own, never undone.

    Raises DiscrepancyNotFound (404), DiscrepancyClosed, SamePerson (409).
    """
    found = await stock.find_discrepancy(tx, command.discrepancy_id)
    admit_site(command.by, found.site_id)
    container = await containers.lock(tx, found.container_id)
    steps = await stock.steps_of(tx, found.id)
    settled = any(one.kind in _SETTLING for one in steps)
    by = command.by.subject
    step = Step(
        id=uuid7(),
        discrepancy_id=found.id,
        kind=command.kind,
        reason=command.reason,
        done_by=by,
        witness=command.witness,
        done_at=tx.now,
    )
    if command.kind in _SETTLING:
        if settled:
            raise DiscrepancyClosed
        if command.witness in (None, by):
            raise SamePerson
        await practitioners.require_known(tx, command.witness)
        containers.save(tx, container.enter(_correction(found, step)))
    stock.add_step(tx, step)
    _stop_clocks(command.kind, found.id, tx)
    return step


def _correction(found: Discrepancy, step: Step) -> Posting:
    missing = found.book_mg - found.counted_mg
    kind = EntryKind.ADJUST_IN if missing < 0 else EntryKind.ADJUST_OUT
    if step.kind is StepKind.LOSS and missing > 0:
        kind = EntryKind.LOSS
    return Posting(
        id=uuid7(),
        kind=kind,
        amount_mg=abs(missing),
        at=step.done_at,
        actor=step.done_by,
        witness=step.witness,
        reference_id=found.id,
        reason=step.kind.value,
    )


def _stop_clocks(kind: StepKind, discrepancy_id: UUID, tx: Transaction) -> None:
    if kind in (StepKind.EXPLAINED, StepKind.NOTIFIED):
        cancel(tx, DISCREPANCY_NOTICE, discrepancy_id)
    if kind in (StepKind.EXPLAINED, StepKind.REPORTED):
        cancel(tx, DISCREPANCY_REPORT, discrepancy_id)
