"""Page for the escort who has not come."""

from datetime import timedelta
from uuid import UUID, uuid5

from kairos_chassis.db import Transaction

from dosing.domain.alerts import Alert, AlertRule, Severity
from dosing.domain.session import WATCHED
from dosing.store import sessions
from dosing.use_cases.raise_alerts import RaiseAlerts, raise_alerts

_RULE = AlertRule(
    code="escort_absent",
    severity=Severity.RED,
    stops_drug=False,
    conditions=(),
    lasting=timedelta(0),
    symptoms=frozenset(),
    moaas_at_most=None,
)


async def page_for_escort(session_id: UUID, tx: Transaction) -> list[Alert]:
    """Raise the alert, unless the patient has left. Raises SessionNotFound (404)."""
    session = await sessions.lock(tx, session_id)
    if session.state not in WATCHED:
        return []
    source = uuid5(session.id, tx.now.isoformat())
    return await raise_alerts(RaiseAlerts(session=session, rules=[_RULE], source_id=source), tx)
