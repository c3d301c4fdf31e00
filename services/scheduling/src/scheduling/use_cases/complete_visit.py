"""Record that a visit is over."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion

from scheduling import publish
from scheduling.domain.visit import Visit
from scheduling.store import visit_changes, visits
from scheduling.use_cases.settle_integration import SettleIntegration, settle_integration

INTEGRATION = "integration"  # the visit type that settles what is owed after a dose


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteVisit:
    """The patient has gone."""

    visit_id: UUID
    version: int | None  # as the caller has read it; None where dosing says it
    by: UUID | None


async def complete_visit(command: CompleteVisit, tx: Transaction) -> Visit:
    """End the visit and announce it, both or neither.

    What it occupied stays on record: it did take place. Raises VisitNotFound (404), StaleVersion
    (412), VisitNotBegun, VisitEnded (409).
    """
    visit = await visits.lock(tx, command.visit_id)
    if command.version is not None and visit.version != command.version:
        raise StaleVersion
    completed = visit.complete(at=tx.now)
    await visit_changes.save_moved(tx, completed)
    visit_changes.add_change(
        tx, visit, completed, change="completed", reason="took_place", by=command.by
    )
    await outbox.append(tx, publish.visit_completed(completed))
    if visit.visit_type == INTEGRATION:
        settled = SettleIntegration(
            patient_id=visit.patient_id, took_place_at=visit.starts_at, visit_id=visit.id
        )
        await settle_integration(settled, tx)
    return completed
