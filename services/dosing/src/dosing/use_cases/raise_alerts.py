"""Raise the alerts of what has just been read."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from dosing import data, publish
from dosing.domain.alerts import Alert, AlertRule, Severity
from dosing.domain.session import Session
from dosing.store import alerts, infusions
from dosing.store.watch_timers import schedule_answer
from dosing.use_cases.stop_drug import StopDrug, stop_drug

_GRAVE = (Severity.RED, Severity.EMERGENCY)


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseAlerts:
    """The rules that hold, and what was read: the same source raises a rule once."""

    session: Session
    rules: Sequence[AlertRule]
    source_id: UUID


async def raise_alerts(command: RaiseAlerts, tx: Transaction) -> list[Alert]:
    """Keep and announce them; a grave one stops an infusion that runs. Returns the new ones."""
    session, new = command.session, []
    for rule in command.rules:
        alert = Alert(
            id=uuid7(),
            session_id=session.id,
            patient_id=session.patient_id,
            site_id=session.site_id,
            code=rule.code,
            severity=rule.severity,
            stops_drug=rule.stops_drug,
            source_id=command.source_id,
            raised_at=tx.now,
        )
        if await alerts.add(tx, alert):
            new.append(alert)
            if alert.severity is Severity.EMERGENCY:
                schedule_answer(tx, alert.id, data.emergency_answer_within())
            await outbox.append(tx, publish.alert_raised(alert))
    grave = next((one for one in new if one.stops_drug and one.severity in _GRAVE), None)
    if grave is not None and await _infusing(tx, session.id):
        stop = StopDrug(session=session, reason=grave.code, by=None, not_tolerated=True)
        await stop_drug(stop, tx)
    return new


async def _infusing(tx: Transaction, session_id: UUID) -> bool:
    return any(not one.over for one in await infusions.of_session(tx, session_id))
