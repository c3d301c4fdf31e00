"""Call somebody to a sedated patient who is on no oximeter."""

from uuid import UUID

from kairos_chassis.db import Transaction

from dosing.domain import oximetry
from dosing.domain.session import Session
from dosing.use_cases.raise_alerts import RaiseAlerts, raise_alerts


async def call_for_oximeter(session: Session, source_id: UUID, tx: Transaction) -> None:
    """Raise the alert, unless it is raised already for this source."""
    found = RaiseAlerts(session=session, rules=[oximetry.RULE], source_id=source_id)
    await raise_alerts(found, tx)
