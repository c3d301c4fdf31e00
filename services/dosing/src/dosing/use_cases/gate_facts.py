"""Gather what the gate judges a dose by, under the patient's lock."""

from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from kairos_chassis.bus.freshness import Freshness
from kairos_chassis.clock import Clock
from kairos_chassis.db import Transaction

from dosing import data
from dosing.domain import gate
from dosing.domain.clearance import Answer
from dosing.domain.further import Course
from dosing.domain.ledger import held
from dosing.domain.observation import before_first_dose
from dosing.domain.order import Order
from dosing.domain.order_facts import LastDose
from dosing.domain.session import Session
from dosing.store import (
    anchors,
    containers,
    courses,
    doses,
    floor,
    observations,
    orders,
    persons,
    practitioners,
    projections,
    protocols,
    quarantines,
    rems,
    wastes,
)

INTAKE_TOPIC = "intake.events"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A dose, or an infusion, that somebody wants to begin."""

    draw_id: UUID | None
    amount_mg: Decimal | None  # None: all that is ordered, as an infusion is
    by: UUID
    infusion: bool


async def gate_facts(
    asked: Asked,
    session: Session,
    last: LastDose,
    answer: Answer,
    clock: Clock,
    freshness: Freshness,
    tx: Transaction,
) -> gate.Facts:
    """Everything the gate judges by. Session and patient are locked by the caller."""
    order = await orders.latest_of(tx, session.id)
    staff_of = await practitioners.load(
        tx, [asked.by] if order is None else [asked.by, order.prescribed_by]
    )
    return gate.Facts(
        session=session,
        person=await persons.of(tx, session.patient_id),
        protocol=await protocols.pinned(tx, session),
        order=order,
        amount_mg=_amount(asked, order),
        observations=before_first_dose(await observations.of_session(tx, session.id)),
        earlier=await observations.earlier_today(tx, session),
        prescriber=None if order is None else staff_of[order.prescribed_by],
        giver=staff_of[asked.by],
        qualifications=data.qualifications(),
        checks=await doses.checks_of(tx, session.id),
        drug=await _drug(asked.draw_id, session, tx),
        last=last,
        concern_open=await projections.concern_open(tx, session.patient_id),
        answer=answer,
        known=await projections.clearance_of(tx, session.patient_id, session.route),
        known_as_of=await freshness.projection_as_of(tx, INTAKE_TOPIC, key=str(session.patient_id)),
        glass=await courses.glass_of(tx, session.id),
        glass_policy=data.glass_policy(),
        noted=await courses.noted(tx, session.id),
        rems=await rems.standing(tx, session),
        course=await _course(session, clock, tx),
        # After the container: no order of locks but the one.
        watching=await floor.lock_watch_of(tx, asked.by, besides=session.id),
        watch_policy=data.watch_policy(),
        infusion=asked.infusion,
        # Read last, once every lock is held: waiting must not stretch intake's confirmation.
        now=clock.now(),
    )


def _amount(asked: Asked, order: Order | None) -> Decimal:
    if asked.amount_mg is not None:
        return asked.amount_mg
    return Decimal(0) if order is None else order.mg


async def _course(session: Session, clock: Clock, tx: Transaction) -> Course:
    course = await courses.of_session(tx, session.id)
    passed = await anchors.passed(tx, session, clock)
    if passed is None:
        return course
    return replace(course, since_first=passed.first, since_last=passed.last)


async def _drug(draw_id: UUID | None, session: Session, tx: Transaction) -> gate.Drug | None:
    if draw_id is None:
        return None
    entries = await containers.entries_of_draw(tx, draw_id)
    if not entries or entries[0].session_id != session.id:
        return None
    container = await containers.lock(tx, entries[0].container_id)
    now_held = held(await containers.entries_of_draw(tx, draw_id))
    return gate.Drug(
        draw_id=draw_id,
        drawn_at=entries[0].at,
        container=container,
        product=data.product(container.product),
        held_mg=now_held - await wastes.pending_mg(tx, draw_id),
        quarantined=await quarantines.stands(tx, container.product, container.lot),
    )
