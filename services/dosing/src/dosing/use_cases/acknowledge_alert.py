"""Acknowledge an alert, and say what is done about it."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site

from dosing import data
from dosing.domain import staff
from dosing.domain.alerts import AlertAction
from dosing.domain.care_errors import AlertAcknowledged
from dosing.domain.staff import Act
from dosing.store import alerts, practitioners, sessions
from dosing.store.alerts import Answered
from dosing.use_cases.stop_drug import StopDrug, stop_drug

_STOPPING = (AlertAction.STOPPED_DRUG, AlertAction.EMERGENCY_CALLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeAlert:
    """Somebody has seen it and acts."""

    alert_id: UUID
    action: AlertAction
    by: Caller


async def acknowledge_alert(command: AcknowledgeAlert, tx: Transaction) -> Answered:
    """Keep the decision; one to stop the drug stops it.

    Raises AlertNotFound (404), NotLicensed, AlertAcknowledged (409).
    """
    found = await alerts.find(tx, command.alert_id)
    session = await sessions.lock(tx, found.alert.session_id)
    admit_site(command.by, session.site_id)
    by = command.by.subject
    person = await practitioners.one(tx, by)
    staff.require(person, Act.MONITOR, data.qualifications(), session, tx.now)
    found = await alerts.find(tx, command.alert_id)
    if found.action is not None:
        raise AlertAcknowledged
    alerts.acknowledge(tx, command.alert_id, command.action, by)
    if command.action in _STOPPING:
        stop = StopDrug(session=session, reason=found.alert.code, by=by, not_tolerated=True)
        await stop_drug(stop, tx)
    return Answered(alert=found.alert, action=command.action, acknowledged_by=by)
