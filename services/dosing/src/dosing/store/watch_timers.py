"""Timers of a watched session: they survive every restart."""

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
REMS_DUE = "rems.due"
ESCORT_PAGE = "escort.page"
ADVERSE_EVENT_REPORT = "adverse_event.report"


def schedule_overdue(tx: Transaction, session: Session, watch: Watch, due_at: datetime) -> None:
    """Warn when an observation due then has not been taken in time; the next one replaces it."""
    timers.schedule(
        tx,
        OVERDUE,
        session.id,
        due_at + watch.warn_after,
        patient_id=session.patient_id,
        data={"step": "warn", "due": due_at.isoformat()},
    )


def schedule_escalation(tx: Transaction, session: Session, watch: Watch, due_at: datetime) -> None:
    """Call the charge nurse when it is still missing."""
    timers.schedule(
        tx,
        OVERDUE,
        session.id,
        due_at + watch.escalate_after,
        patient_id=session.patient_id,
        data={"step": "escalate", "due": due_at.isoformat()},
    )


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
