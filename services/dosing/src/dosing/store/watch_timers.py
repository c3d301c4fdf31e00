"""Timers of a watched session: they survive every restart."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from kairos_chassis import timers
from kairos_chassis.db import Transaction

from dosing.domain.protocol import Watch
from dosing.domain.session import Session

OVERDUE = "observation.overdue"
DISCREPANCY_NOTICE = "discrepancy.notice"
DISCREPANCY_REPORT = "discrepancy.report"
TRANSFER_LATE = "transfer.late"
INVENTORY_DUE = "inventory.due"
REMS_DUE = "rems.due"
ESCORT_PAGE = "escort.page"
OXIMETRY = "oximetry.silent"
ANSWER = "alert.answer"
ADVERSE_EVENT_REPORT = "adverse_event.report"
_MINUTE = timedelta(minutes=1)


def schedule_overdue(
    tx: Transaction, session: Session, watch: Watch, due_after: timedelta, passed: timedelta
) -> None:
    """Warn when the observation due that long after the first dose has not been taken in time.

    `passed` is the time since the first dose. The next observation replaces it.
    """
    wait = due_after + watch.warn_after - passed
    _watch(tx, session, wait, {"step": "warn", "minute": due_after // _MINUTE})


def schedule_escalation(
    tx: Transaction, session: Session, watch: Watch, minute: int, late_by: timedelta
) -> None:
    """Call the charge nurse when it is still missing; the warning was `late_by` late itself."""
    wait = watch.escalate_after - watch.warn_after - late_by
    _watch(tx, session, wait, {"step": "escalate", "minute": minute})


def _watch(
    tx: Transaction, session: Session, wait: timedelta, data: Mapping[str, timers.Datum]
) -> None:
    """By elapsed time: a clock that is set back must not leave a patient unwatched."""
    timers.schedule_elapsed(tx, OVERDUE, session.id, wait, patient_id=session.patient_id, data=data)


def schedule_oximetry(tx: Transaction, session: Session, gap: timedelta) -> None:
    """Call out when no saturation comes for that long; the next one replaces it."""
    timers.schedule_elapsed(tx, OXIMETRY, session.id, gap, patient_id=session.patient_id)


def cancel_oximetry(tx: Transaction, session_id: UUID) -> None:
    """The patient is awake: none is awaited any more."""
    timers.cancel(tx, OXIMETRY, session_id)


def schedule_answer(tx: Transaction, alert_id: UUID, within: timedelta) -> None:
    """Call others when nobody has answered an emergency."""
    timers.schedule_elapsed(tx, ANSWER, alert_id, within)


def cancel_overdue(tx: Transaction, session_id: UUID) -> None:
    """Nothing is owed any more."""
    timers.cancel(tx, OVERDUE, session_id)


def schedule(tx: Transaction, kind: str, subject_id: UUID, due_at: datetime) -> None:
    """Have something done once at or after that time."""
    timers.schedule(tx, kind, subject_id, due_at)


def cancel(tx: Transaction, kind: str, subject_id: UUID) -> None:
    """Have it not done after all."""
    timers.cancel(tx, kind, subject_id)


def after(tx: Transaction, kind: str, subject_id: UUID, wait: timedelta) -> None:
    """Have something done once that time has passed."""
    timers.schedule(tx, kind, subject_id, tx.now + wait)
