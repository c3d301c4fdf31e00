"""Stop the drug of a session from afar, and call somebody to the pump where an infusion runs."""

from datetime import timedelta

from kairos_chassis.db import Transaction

from dosing.domain.alerts import AlertRule, Severity
from dosing.store import infusions
from dosing.use_cases.raise_alerts import RaiseAlerts, raise_alerts
from dosing.use_cases.stop_drug import StopDrug, stop_drug


async def stop_and_call(command: StopDrug, tx: Transaction) -> bool:
    """Keep that no more is given; a repeat changes nothing. Returns whether it was new.

    A recall or a withdrawal reaches no pump: whoever watches has to be told at once, and others
    where nobody answers.
    """
    if not await stop_drug(command, tx):
        return False
    running = [one for one in await infusions.of_session(tx, command.session.id) if not one.over]
    if running:
        rule = AlertRule(
            code=command.reason,
            severity=Severity.EMERGENCY,
            stops_drug=False,  # it is stopped
            conditions=(),
            lasting=timedelta(0),
            symptoms=frozenset(),
            moaas_at_most=None,
        )
        source = running[-1].id
        await raise_alerts(RaiseAlerts(session=command.session, rules=[rule], source_id=source), tx)
    return True
