"""Order a dose."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing import data
from dosing.domain import interval, staff
from dosing.domain.clearance import FROM_65, Projected
from dosing.domain.errors import IllegalMove, OrderActive, OrderRefused, ReasonNeeded
from dosing.domain.order import Dose, Order, Unit, work_out
from dosing.domain.order_facts import Circumstances, Weight
from dosing.domain.protocol import Protocol
from dosing.domain.session import Session, State
from dosing.domain.staff import Act
from dosing.store import (
    exposures,
    observations,
    orders,
    patients,
    practitioners,
    projections,
    protocols,
    sessions,
)
from dosing.use_cases.make_ready import make_ready

_ORDERABLE = (State.CHECKED_IN, State.READY, State.DOSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOrder:
    """A dose as a prescriber states it."""

    session_id: UUID
    route: str
    product: str
    value: Decimal  # of base, in `unit`, > 0, at most 3 decimals
    unit: Unit
    weight: Weight
    infusion_minutes: int | None = None  # None: the protocol's time, where it is an infusion
    over_65: bool = False  # 65 years or older, as the prescriber says
    soft_stop_reason: str | None
    by: Caller


async def place_order(command: PlaceOrder, tx: Transaction) -> Order:
    """Work the dose out, hold it against the protocol and keep it.

    Raises SessionNotFound (404), IllegalMove, OrderActive, OrderRefused, ReasonNeeded (409),
    UnknownProduct, ImpossibleAmount (422).
    """
    session = await sessions.lock(tx, command.session_id)
    admit_site(command.by, session.site_id)
    if session.state not in _ORDERABLE:
        raise IllegalMove
    earlier = await orders.latest_of(tx, session.id)
    if earlier is not None and earlier.active:
        raise OrderActive
    protocol = await protocols.pinned(tx, session)
    dose = await _judged(command, session, protocol, tx)
    order = _order(command, session, protocol, dose, tx)
    orders.add(tx, order)
    if "exposure_review_due" in dose.soft_stops:
        exposures.add_review(tx, session.patient_id, order.id, command.by.subject)
    seen = await observations.of_session(tx, session.id)
    await make_ready(session, order, seen, protocol, by=command.by.subject, tx=tx)
    return order


async def _judged(
    command: PlaceOrder, session: Session, protocol: Protocol, tx: Transaction
) -> Dose:
    known = await projections.clearance_of(tx, session.patient_id, session.route)
    about = Circumstances(
        last=await patients.find(tx, session.patient_id),
        now=tx.now,
        history=await exposures.history(tx, session.patient_id),
        infusion_minutes=command.infusion_minutes,
        # Whoever says so: it only ever lowers the first dose.
        from_65=command.over_65 or not known.extra_monitoring.isdisjoint(FROM_65),
    )
    product = data.product(command.product, command.route)
    dose = work_out(command.value, command.unit, command.weight, product, protocol, about)
    rules = [
        *dose.hard_stops,
        *interval.failing(about.last, protocol.interval, session.zone, tx.now),
        *await _standing(command, session, known, tx),
    ]
    if rules:
        raise OrderRefused(rules)
    if dose.soft_stops and command.soft_stop_reason is None:
        raise ReasonNeeded(dose.soft_stops)
    return dose


async def _standing(
    command: PlaceOrder, session: Session, known: Projected, tx: Transaction
) -> list[str]:
    """Rules on who orders what for whom."""
    person = await practitioners.one(tx, command.by.subject)
    day, state = staff.day_at(session, tx.now), session.site_state
    licensed = staff.qualified(person, Act.PRESCRIBE, data.qualifications(), day, state)
    broken = {
        "route_not_of_session": command.route != session.route,
        "route_not_cleared": not known.cleared_at(tx.now),
        "prescriber_not_credentialed": not licensed,
    }
    return [rule for rule, fails in broken.items() if fails]


def _order(
    command: PlaceOrder, session: Session, protocol: Protocol, dose: Dose, tx: Transaction
) -> Order:
    minutes = command.infusion_minutes
    if minutes is None and protocol.infusion is not None:
        minutes = int(protocol.infusion.default.total_seconds() // 60)
    return Order(
        id=uuid7(),
        session_id=session.id,
        patient_id=session.patient_id,
        route=command.route,
        product=command.product,
        value=command.value,
        unit=command.unit,
        weight=command.weight,
        mg=dose.mg,
        mg_per_kg=dose.mg_per_kg,
        ml=dose.ml,
        units=dose.units,
        infusion_minutes=minutes,
        iv_equivalent_mg_per_kg=dose.iv_equivalent_mg_per_kg,
        soft_stops=dose.soft_stops,
        soft_stop_reason=command.soft_stop_reason,
        prescribed_by=command.by.subject,
        ordered_at=tx.now,
    )
