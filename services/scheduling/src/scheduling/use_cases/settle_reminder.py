"""Keep what the sender says about a reminder."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import timers
from kairos_chassis.db import Transaction

from scheduling.domain.reminder import ReminderState
from scheduling.store import reminders
from scheduling.use_cases.send_reminder import RETRY


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleReminder:
    """It went out, or it did not."""

    reminder_id: UUID
    channel: str
    problem: str | None  # a code; None where it went out


async def settle_reminder(command: SettleReminder, tx: Transaction) -> None:
    """Keep it; one that did not go out waits for its next try. Raises ResourceNotFound (404)."""
    one = await reminders.lock(tx, command.reminder_id)
    if command.problem is not None:
        due = one.end(
            ReminderState.DUE, at=tx.now, channel=command.channel, problem=command.problem
        )
        await reminders.save(tx, due)
        return
    sent = one.end(ReminderState.SENT, at=tx.now, channel=command.channel, problem=None)
    await reminders.save(tx, sent)
    timers.cancel(tx, RETRY, one.id)
