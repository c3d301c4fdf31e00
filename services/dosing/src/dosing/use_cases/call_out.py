"""Call out for something that is owed of a session that has ended."""

from datetime import timedelta
from uuid import UUID, uuid5

from kairos_chassis.db import Transaction

from dosing.domain.alerts import Alert, AlertRule, Severity
from dosing.store import sessions
from dosing.use_cases.raise_alerts import RaiseAlerts, raise_alerts


async def call_out(session_id: UUID, code: str, tx: Transaction) -> list[Alert]:
    """Raise the alert once. Raises SessionNotFound (404)."""
    session = await sessions.find(tx, session_id)
    rule = AlertRule(
        code=code,
        severity=Severity.RED,
        stops_drug=False,
        conditions=(),
        lasting=timedelta(0),
        symptoms=frozenset(),
        moaas_at_most=None,
    )
    source = uuid5(session_id, code)
    return await raise_alerts(RaiseAlerts(session=session, rules=[rule], source_id=source), tx)
