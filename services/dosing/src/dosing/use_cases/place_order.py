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
from dosing.domain.errors import IllegalMove, OrderActive, OrderRefused, ReasonNeeded
from dosing.domain.observation import before_first_dose
from dosing.domain.order import Dose, LastDose, Order, Unit, Weight, work_out
from dosing.domain.readiness import readied
from dosing.domain.session import Session, State
from dosing.domain.staff import Act, Practitioner
from dosing.store import observations, orders, patients, practitioners, sessions

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
    last = await patients.find(tx, session.patient_id)
    people = await practitioners.load(tx, [command.by.subject])
    seen = before_first_dose(await observations.of_session(tx, session.id))
    order = _judged(command, session, last, people[command.by.subject], tx)
    orders.add(tx, order)
    protocol = data.protocol(session.protocol_code, session.protocol_version)
    ready = readied(session, order, seen, protocol, by=command.by.subject, now=tx.now)
    sessions.save(tx, ready)
    return order


def _judged(
    command: PlaceOrder, session: Session, last: LastDose, person: Practitioner, tx: Transaction
) -> Order:
    protocol = data.protocol(session.protocol_code, session.protocol_version)
    product = data.product(command.product, command.route)
    dose = work_out(command.value, command.unit, command.weight, product, protocol, last, tx.now)
    day = staff.day_at(session, tx.now)
    rules = [
        *dose.hard_stops,
        *interval.failing(last, protocol.interval, session.zone, tx.now),
    ]
    if command.route != session.route:
        rules.append("route_not_of_session")
    if not staff.qualified(person, Act.PRESCRIBE, data.qualifications(), day, session.site_state):
        rules.append("prescriber_not_credentialed")
    if rules:
        raise OrderRefused(rules)
    if dose.soft_stops and command.soft_stop_reason is None:
        raise ReasonNeeded(dose.soft_stops)
    return _order(command, session, dose, tx)


def _order(command: PlaceOrder, session: Session, dose: Dose, tx: Transaction) -> Order:
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
        iv_equivalent_mg_per_kg=dose.iv_equivalent_mg_per_kg,
        soft_stops=dose.soft_stops,
        soft_stop_reason=command.soft_stop_reason,
        prescribed_by=command.by.subject,
        ordered_at=tx.now,
    )
