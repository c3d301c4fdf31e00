"""What falls due in this service: from a timer to a use case."""

from kairos_chassis.db import Transaction
from kairos_chassis.erasure import DUE as DUE_ERASURE
from kairos_chassis.erasure import Erasure
from kairos_chassis.timers import Due, Timers, late_by

from dosing.store.last_care import last_care, places_of_care
from dosing.store.watch_timers import (
    ADVERSE_EVENT_REPORT,
    ANSWER,
    DISCREPANCY_NOTICE,
    DISCREPANCY_REPORT,
    ESCORT_PAGE,
    INVENTORY_DUE,
    OVERDUE,
    OXIMETRY,
    REMS_DUE,
    TRANSFER_LATE,
)
from dosing.use_cases.call_others import call_others
from dosing.use_cases.call_out import call_out
from dosing.use_cases.escalate_observation import EscalateObservation, escalate_observation
from dosing.use_cases.note_clock import note_clock
from dosing.use_cases.oximeter_silent import oximeter_silent
from dosing.use_cases.page_for_escort import page_for_escort
from dosing.use_cases.remind_of_report import remind_of_report

timers = Timers("dosing")
timers.on(DUE_ERASURE)(Erasure(last_care, places=places_of_care).on_due)


@timers.on(OVERDUE, elapsed=True)
async def on_observation_overdue(due: Due, tx: Transaction) -> None:
    """An observation is five or ten minutes late."""
    await escalate_observation(
        EscalateObservation(
            session_id=due.subject_id,
            minute=int(due.data.get("minute", 0)),  # 0: set by a version that did not say
            escalate=due.data["step"] == "escalate",
            late_by=late_by(due, tx),
        ),
        tx,
    )


@timers.on(OXIMETRY, elapsed=True)
async def on_oximeter_silent(due: Due, tx: Transaction) -> None:
    """A sedated patient's oximeter has sent nothing for too long."""
    await oximeter_silent(due.subject_id, tx)


@timers.on(ANSWER, elapsed=True)
async def on_emergency_unanswered(due: Due, tx: Transaction) -> None:
    """Nobody has answered an emergency in time."""
    await call_others(due.subject_id, tx)


@timers.on(ESCORT_PAGE)
async def on_escort_late(due: Due, tx: Transaction) -> None:
    """A patient could leave but for the escort."""
    await page_for_escort(due.subject_id, tx)


@timers.on(ADVERSE_EVENT_REPORT)
async def on_report_overdue(due: Due, tx: Transaction) -> None:
    """A serious adverse event has not been reported in time."""
    await remind_of_report(due.subject_id, tx)


@timers.on(REMS_DUE)
async def on_rems_form_overdue(due: Due, tx: Transaction) -> None:
    """A monitoring form has not been sent within seven days."""
    await call_out(due.subject_id, "rems_form_overdue", tx)


@timers.on(DISCREPANCY_NOTICE)
async def on_notice_overdue(due: Due, tx: Transaction) -> None:
    """A loss has not been told to the DEA within a business day."""
    await note_clock(due.subject_id, "loss_notice_overdue", tx)


@timers.on(DISCREPANCY_REPORT)
async def on_loss_report_overdue(due: Due, tx: Transaction) -> None:
    """Form 106 has not been filed within 45 days."""
    await note_clock(due.subject_id, "loss_report_overdue", tx)


@timers.on(TRANSFER_LATE)
async def on_transfer_late(due: Due, tx: Transaction) -> None:
    """A container has been in transit for more than a day."""
    await note_clock(due.subject_id, "transfer_late", tx)


@timers.on(INVENTORY_DUE)
async def on_inventory_overdue(due: Due, tx: Transaction) -> None:
    """A site's inventory has not been taken in time."""
    await note_clock(due.subject_id, "inventory_overdue", tx)
