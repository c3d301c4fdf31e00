"""End an infusion: run through, or stopped before."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.clock import Clock
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site

from dosing.domain.dose import GivenDose, check_administered_at
from dosing.domain.infusion import Infusion, InfusionAct
from dosing.domain.infusion_errors import InfusionOver
from dosing.domain.session import OVER, Session
from dosing.store import (
    anchors,
    containers,
    infusions,
    orders,
    patients,
    protocols,
    sessions,
)
from dosing.use_cases.chart_dose import ChartDose, chart_dose
from dosing.use_cases.stop_drug import StopDrug, stop_drug


@dataclass(frozen=True, slots=True, kw_only=True)
class EndInfusion:
    """The pump stands still for good."""

    infusion_id: UUID
    kind: InfusionAct  # stop or complete
    volume_ml: Decimal  # as the pump shows it
    cause: str
    occurred_at: datetime  # aware, UTC
    by: Caller


async def end_infusion(command: EndInfusion, clock: Clock, tx: Transaction) -> Infusion:
    """Keep the end; what ran in is charted, taken from the ledger and announced with it.

    Anybody at the pump may stop it, licensed or not: stopping is never refused, and neither is its
    end after the patient has gone, for a recall has to find them. Raises
    InfusionNotFound (404), InfusionOver (409), ImpossibleAmount, ImpossibleTime (422).
    """
    found = await infusions.find(tx, command.infusion_id)
    await patients.lock(tx, found.patient_id)
    session = await sessions.lock(tx, found.session_id)
    admit_site(command.by, session.site_id)
    found = await infusions.find(tx, command.infusion_id)
    if found.over:
        raise InfusionOver
    protocol = await protocols.pinned(tx, session)
    check_administered_at(command.occurred_at, protocol.charting, tx.now)
    ended = found.act(
        command.kind,
        by=command.by.subject,
        cause=command.cause,
        occurred_at=command.occurred_at,
        now=tx.now,
        volume=command.volume_ml,
    )
    infusions.add_event(tx, found.id, ended.events[-1])
    anchors.add(tx, session.id, "infusion_ended", clock)
    if command.kind is InfusionAct.STOP:
        stop = StopDrug(
            session=session, reason=command.cause, by=command.by.subject, not_tolerated=True
        )
        await stop_drug(stop, tx)
    if ended.given_mg > 0:
        await _chart(command, ended, session, clock, tx)
    return ended


async def _chart(
    command: EndInfusion, ended: Infusion, session: Session, clock: Clock, tx: Transaction
) -> None:
    entries = await containers.entries_of_draw(tx, ended.draw_id)
    container = await containers.lock(tx, entries[0].container_id)
    given = GivenDose(
        id=ended.id,
        command_id=ended.command_id,
        session_id=session.id,
        patient_id=session.patient_id,
        order_id=ended.order_id,
        draw_id=ended.draw_id,
        baseline_observation_id=ended.baseline_observation_id,
        amount_mg=ended.given_mg,
        administered_at=ended.events[0].occurred_at,
        recorded_at=tx.now,
        administered_by=ended.events[0].done_by or command.by.subject,
        confirmation_id=ended.confirmation_id,
        clearance_version=ended.clearance_version,
        extra_monitoring=ended.extra_monitoring,
    )
    charted = ChartDose(
        given=given,
        session=session,
        dosed=_after(session, given),
        order=await orders.find(tx, ended.order_id),
        protocol=await protocols.pinned(tx, session),
        container=container,
    )
    await chart_dose(charted, clock, tx)


def _after(session: Session, given: GivenDose) -> Session:
    """Who left while it ran has had the drug all the same; their session is over and stays so."""
    if session.state in OVER:
        return session
    return session.dosed(by=given.administered_by, at=given.recorded_at)
