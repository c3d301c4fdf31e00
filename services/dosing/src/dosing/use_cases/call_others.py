"""Call others when nobody has answered an emergency."""

from datetime import timedelta
from uuid import UUID

from kairos_chassis.db import Transaction

from dosing.domain.alerts import AlertRule, Severity
from dosing.store import alerts, sessions
from dosing.use_cases.raise_alerts import RaiseAlerts, raise_alerts

_RULE = AlertRule(
    code="emergency_unanswered",
    severity=Severity.RED,
    stops_drug=True,
    conditions=(),
    lasting=timedelta(0),
    symptoms=frozenset(),
    moaas_at_most=None,
)


async def call_others(alert_id: UUID, tx: Transaction) -> None:
    """Raise another alert, for the charge nurse; nothing once it was acknowledged."""
    found = await alerts.find(tx, alert_id)
    if found.action is not None:
        return
    session = await sessions.lock(tx, found.alert.session_id)
    await raise_alerts(RaiseAlerts(session=session, rules=[_RULE], source_id=alert_id), tx)
