"""Review a misuse or diversion signal."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction

from dosing.domain.care_errors import SignalNotFound, SignalReviewed
from dosing.domain.errors import SamePerson
from dosing.domain.misuse import MisuseSignal, ReviewOutcome
from dosing.store import signals


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSignal:
    """What the person who looked concluded. Nobody reviews a signal about themselves."""

    signal_id: UUID
    outcome: ReviewOutcome
    note: str
    by: Caller


async def review_signal(command: ReviewSignal, tx: Transaction) -> MisuseSignal:
    """Keep the review. Raises SignalNotFound (404), SignalReviewed, SamePerson (409)."""
    found = await signals.find(tx, command.signal_id)
    if found is None:
        raise SignalNotFound
    signal, outcome = found
    if outcome is not None:
        raise SignalReviewed
    by = command.by.subject
    if by in (signal.staff_id, signal.raised_by):
        raise SamePerson
    signals.add_review(tx, signal, command.outcome.value, command.note, by)
    return signal
