"""Call out for an observation that is missing: first a warning, then the charge nurse."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid5

from kairos_chassis.db import Transaction

from dosing.domain.alerts import Alert, AlertRule, Severity
from dosing.domain.session import WATCHED
from dosing.store import protocols, sessions
from dosing.store.watch_timers import schedule_escalation
from dosing.use_cases.raise_alerts import RaiseAlerts, raise_alerts


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalateObservation:
    """The observation due then has not been taken; a taken one moves the timer on."""

    session_id: UUID
    minute: int  # of the schedule, since the first dose
    escalate: bool
    late_by: timedelta  # how long ago this step fell due: the worker may have stood still


async def escalate_observation(command: EscalateObservation, tx: Transaction) -> list[Alert]:
    """Raise the alert; after a warning the escalation is set. Nothing once the session is over.

    Raises SessionNotFound (404).
    """
    session = await sessions.lock(tx, command.session_id)
    if session.state not in WATCHED:
        return []
    rule = AlertRule(
        code="observation_escalated" if command.escalate else "observation_overdue",
        severity=Severity.RED if command.escalate else Severity.WARNING,
        stops_drug=command.escalate,
        conditions=(),
        lasting=timedelta(0),
        symptoms=frozenset(),
        moaas_at_most=None,
    )
    source = uuid5(session.id, str(command.minute))
    raised = await raise_alerts(RaiseAlerts(session=session, rules=[rule], source_id=source), tx)
    if not command.escalate:
        watch = (await protocols.pinned(tx, session)).watch
        schedule_escalation(tx, session, watch, command.minute, command.late_by)
    return raised
