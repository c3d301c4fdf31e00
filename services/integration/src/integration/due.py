"""From what falls due to this service's use cases.

A timer whose reason has gone is left to run, and finds that there is nothing to do. To take it away
would have two transactions wait for each other: the timer's holds its row and wants the object, the
other holds the object and would want the row.
"""

from kairos_chassis.db import Transaction
from kairos_chassis.erasure import DUE as DUE_ERASURE
from kairos_chassis.erasure import Erasure
from kairos_chassis.timers import Due, Timers

from integration.store.last_care import last_care
from integration.use_cases import plan_measures
from integration.use_cases.announce_measure import announce_measure
from integration.use_cases.announce_red_flag import announce_red_flag
from integration.use_cases.announce_safety_call import announce_safety_call
from integration.use_cases.escalate_task import escalate_task
from integration.use_cases.make_commitment import REMINDER
from integration.use_cases.note_missed_integration import note_missed_integration
from integration.use_cases.open_episode import DEADLINE
from integration.use_cases.open_task import ESCALATION
from integration.use_cases.owe_safety_call import DUE
from integration.use_cases.raise_red_flag import RECHECK
from integration.use_cases.remind_of_commitment import remind_of_commitment

timers = Timers("integration")
timers.on(DUE_ERASURE)(Erasure(last_care).on_due)


@timers.on(DEADLINE)
async def on_episode_deadline(due: Due, tx: Transaction) -> None:
    """Integration is missing past its deadline, or past its second chance."""
    await note_missed_integration(due.subject_id, tx)


@timers.on(DUE)
async def on_safety_call_due(due: Due, tx: Transaction) -> None:
    """The hour of a call has come."""
    await announce_safety_call(due.subject_id, tx)


@timers.on(RECHECK)
async def on_red_flag_recheck(due: Due, tx: Transaction) -> None:
    """A sign has outlasted the dose."""
    await announce_red_flag(due.subject_id, tx)


@timers.on(ESCALATION)
async def on_task_escalation(due: Due, tx: Transaction) -> None:
    """A task was not done in time."""
    await escalate_task(due.subject_id, tx)


@timers.on(REMINDER)
async def on_commitment_reminder(due: Due, tx: Transaction) -> None:
    """The patient wanted to be reminded."""
    await remind_of_commitment(due.subject_id, tx)


@timers.on(plan_measures.DUE)
async def on_measure_due(due: Due, tx: Transaction) -> None:
    """A rating scale is due, or overdue."""
    await announce_measure(due.subject_id, tx)
