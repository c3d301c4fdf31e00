"""Draw drug from a container for a session."""

from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing import data
from dosing.domain import draw, staff
from dosing.domain.clearance import OVER_65
from dosing.domain.errors import DrawRefused
from dosing.domain.ledger import Container, EntryKind, Posting, held
from dosing.domain.observation import before_first_dose
from dosing.domain.order import check_decimals
from dosing.domain.session import Session, State
from dosing.store import (
    containers,
    courses,
    observations,
    orders,
    patients,
    persons,
    practitioners,
    projections,
    protocols,
    quarantines,
    sessions,
    stock,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawDrug:
    """An amount taken from a container into a syringe."""

    session_id: UUID
    container_id: UUID
    amount_mg: Decimal  # of base, > 0, at most 3 decimals
    by: Caller


async def draw_drug(command: DrawDrug, tx: Transaction) -> tuple[UUID, Container]:
    """Enter the draw. Returns its id and the container after it.

    Raises SessionNotFound, ContainerNotFound (404), DrawRefused (409) naming every rule,
    ImpossibleAmount (422).
    """
    check_decimals(command.amount_mg)
    session = await sessions.lock(tx, command.session_id)
    admit_site(command.by, session.site_id)
    container = await containers.lock(tx, command.container_id)
    if rules := draw.failing(await _facts(command, session, container, tx)):
        raise DrawRefused(rules)
    draw_id = uuid7()
    drawn = container.enter(
        Posting(
            id=draw_id,
            kind=EntryKind.DRAW,
            amount_mg=command.amount_mg,
            at=tx.now,
            actor=command.by.subject,
            session_id=session.id,
            draw_id=draw_id,
        )
    )
    containers.save(tx, drawn)
    if session.state is State.READY:
        by = command.by.subject
        sessions.save(tx, session.move(State.DOSING, by=by, cause="drug_drawn", at=tx.now))
    return draw_id, replace(drawn, entries=())


async def _facts(
    command: DrawDrug, session: Session, container: Container, tx: Transaction
) -> draw.Facts:
    people = await practitioners.load(tx, [command.by.subject])
    course = await courses.of_session(tx, session.id)
    known = await projections.clearance_of(tx, session.patient_id, session.route)
    return draw.Facts(
        session=session,
        person=await persons.of(tx, session.patient_id),
        protocol=await protocols.pinned(tx, session),
        order=await orders.latest_of(tx, session.id),
        container=container,
        product=data.product(container.product),
        amount_mg=command.amount_mg,
        held_mg=held(await containers.entries_of_session(tx, session.id)),
        quarantined=await quarantines.stands(tx, container.product, container.lot),
        drawer=people[command.by.subject],
        qualifications=data.qualifications(),
        observations=before_first_dose(await observations.of_session(tx, session.id)),
        earlier=await observations.earlier_today(tx, session),
        noted=await courses.noted(tx, session.id),
        given_mg=course.given_mg,
        first=(await patients.find(tx, session.patient_id)).at is None,
        stopped=course.stopped or course.alert_unanswered,
        day_closed=await stock.day_closed(tx, container.site_id, staff.day_at(session, tx.now)),
        concern_open=await projections.concern_open(tx, session.patient_id),
        cleared=known.cleared_at(tx.now),
        over_65=OVER_65 in known.extra_monitoring,
        now=tx.now,
    )
