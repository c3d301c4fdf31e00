"""Change a running infusion's rate, pause it, or resume it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site

from dosing import data
from dosing.domain import staff
from dosing.domain.dose import check_administered_at
from dosing.domain.infusion import Infusion, InfusionAct
from dosing.domain.infusion_errors import DrugStopped
from dosing.domain.staff import Act
from dosing.store import courses, infusions, orders, practitioners, protocols, sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeInfusion:
    """What was done at the pump."""

    infusion_id: UUID
    kind: InfusionAct  # rate, pause or resume
    rate_ml_per_h: Decimal | None
    volume_ml: Decimal | None  # as the pump shows it
    cause: str
    occurred_at: datetime  # aware, UTC
    by: Caller


async def change_infusion(command: ChangeInfusion, tx: Transaction) -> Infusion:
    """Keep what was done; nothing makes it run on once the drug is stopped or the patient is gone.

    Raises InfusionNotFound (404), NotLicensed, SessionOver, DrugStopped, RateTooHigh, InfusionOver,
    InfusionPaused, InfusionRunning (409), ImpossibleAmount, ImpossibleTime (422).
    """
    found = await infusions.find(tx, command.infusion_id)
    session = await sessions.lock(tx, found.session_id)
    admit_site(command.by, session.site_id)
    found = await infusions.find(tx, command.infusion_id)
    person = await practitioners.one(tx, command.by.subject)
    staff.require(person, Act.ADMINISTER, data.qualifications(), session, tx.now)
    protocol = await protocols.pinned(tx, session)
    check_administered_at(command.occurred_at, protocol.charting, tx.now)
    if command.kind is not InfusionAct.PAUSE:
        session.check_open()
        course = await courses.of_session(tx, session.id)
        if course.stopped or course.alert_unanswered:
            raise DrugStopped
    if command.rate_ml_per_h is not None:
        order = await orders.find(tx, found.order_id)
        assert protocol.infusion is not None
        assert order.infusion_minutes is not None
        over = protocol.infusion.rate_over_plan_max_percent
        found.check_rate(command.rate_ml_per_h, order.infusion_minutes, over)
    changed = found.act(
        command.kind,
        by=command.by.subject,
        cause=command.cause,
        occurred_at=command.occurred_at,
        now=tx.now,
        rate=command.rate_ml_per_h,
        volume=command.volume_ml,
    )
    infusions.add_event(tx, found.id, changed.events[-1])
    return changed
