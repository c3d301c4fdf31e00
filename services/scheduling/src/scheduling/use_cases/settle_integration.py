"""Settle what is owed after doses, because the integration took place."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis import outbox, timers
from kairos_chassis.db import Transaction

from scheduling import publish
from scheduling.domain.integration_duty import DutyState
from scheduling.store import duties, links
from scheduling.use_cases.note_dose import DEADLINE


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleIntegration:
    """An integration meeting with the patient."""

    patient_id: UUID
    took_place_at: datetime  # when it began
    visit_id: UUID | None  # in the calendar; None where only integration knows it


async def settle_integration(command: SettleIntegration, tx: Transaction) -> None:
    """It settles every session whose last dose came before it, and closes their breaches."""
    tx.about(command.patient_id)
    records = await links.records(tx, command.patient_id)
    for duty in await duties.lock_unsettled(tx, records):
        settled = duty.settle(
            visit_id=command.visit_id, took_place_at=command.took_place_at, at=tx.now
        )
        if settled is duty:
            continue
        await duties.save(tx, settled)
        timers.cancel(tx, DEADLINE, duty.session_id)
        if duty.state is DutyState.BREACHED:
            await outbox.append(tx, publish.breach_closed(settled))
