"""Call out for a serious adverse event that has not been reported in time."""

from uuid import UUID

from kairos_chassis.db import Transaction

from dosing.domain.alerts import Alert, AlertRule, Severity
from dosing.store import adverse_events, sessions
from dosing.use_cases.raise_alerts import RaiseAlerts, raise_alerts


async def remind_of_report(adverse_event_id: UUID, tx: Transaction) -> list[Alert]:
    """Raise the alert, unless it was reported. Raises AdverseEventNotFound (404)."""
    newest = (await adverse_events.versions(tx, adverse_event_id))[-1]
    if newest.reported_at is not None or newest.session_id is None:
        return []
    session = await sessions.find(tx, newest.session_id)
    rule = AlertRule(
        code="adverse_event_report_overdue",
        severity=Severity.RED,
        stops_drug=False,
        conditions=(),
        lasting=tx.now - tx.now,
        symptoms=frozenset(),
        moaas_at_most=None,
    )
    found = RaiseAlerts(session=session, rules=[rule], source_id=adverse_event_id)
    return await raise_alerts(found, tx)
