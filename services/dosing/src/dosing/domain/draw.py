"""Whether drug may leave its container for a session."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from dosing.domain import baseline, lot, pre_dose, staff
from dosing.domain.gate import check_in_failing
from dosing.domain.ledger import Container
from dosing.domain.observation import Observation
from dosing.domain.order import Order
from dosing.domain.protocol import Product, Protocol
from dosing.domain.session import Session, State
from dosing.domain.staff import Act, Practitioner, Qualification


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a draw is judged by."""

    session: Session
    person: frozenset[UUID]  # all ids of the patient: records may have been merged
    protocol: Protocol
    order: Order | None
    container: Container
    product: Product
    amount_mg: Decimal
    held_mg: Decimal  # drawn for this session before and still in hand
    quarantined: bool
    drawer: Practitioner
    qualifications: Sequence[Qualification]
    observations: Sequence[Observation]  # before the first dose, oldest first
    earlier: Sequence[Observation]  # the same day, before a dose in another session
    noted: frozenset[UUID]  # readings of which a prescriber wrote why the benefit is worth it
    given_mg: Decimal  # in this session so far
    first: bool  # the patient has never had a dose in this network
    stopped: bool  # no more drug in this session
    day_closed: bool  # the site's books are closed for today
    concern_open: bool
    cleared: bool  # as projected: intake itself is asked at administration
    over_65: bool  # likewise
    now: datetime


def failing(facts: Facts) -> tuple[str, ...]:
    """The rules that keep the drug where it is; empty means it may be drawn."""
    vitals: Iterator[str] = iter(())
    if not facts.given_mg:
        limits = facts.protocol.pre_dose.at_age(over_65=facts.over_65)
        vitals = pre_dose.failing(facts.observations, limits, facts.now, facts.earlier, facts.noted)
    return (*_session(facts), *_container(facts), *vitals, *_baseline(facts))


def _baseline(facts: Facts) -> Iterator[str]:
    if facts.given_mg:
        return
    yield from baseline.failing(
        baseline.newest(facts.observations),
        facts.protocol.baseline,
        facts.now,
        today=staff.day_at(facts.session, facts.now),
        first=facts.first,
    )


def _session(facts: Facts) -> Iterator[str]:
    allowed = (State.MONITORING,) if facts.given_mg else (State.READY, State.DOSING)
    if facts.session.state not in allowed:
        yield "session_not_ready"
    if facts.given_mg and facts.protocol.dose.further_within is None:
        yield "session_not_ready"
    if facts.stopped:
        yield "drug_stopped"
    yield from check_in_failing(facts.session, facts.now)
    if facts.order is None or not facts.order.active:
        yield "order_not_active"
    if facts.concern_open:
        yield "safety_concern_open"
    if not facts.cleared:
        yield "not_cleared"
    day, state = staff.day_at(facts.session, facts.now), facts.session.site_state
    if not staff.qualified(facts.drawer, Act.HANDLE, facts.qualifications, day, state):
        yield "drawer_not_credentialed"


def _container(facts: Facts) -> Iterator[str]:
    day = staff.day_at(facts.session, facts.now)
    yield from lot.failing(
        facts.container, facts.product, day, facts.now, quarantined=facts.quarantined
    )
    if facts.container.site_id != facts.session.site_id:
        yield "container_of_other_site"
    yield from lot.ownership_failing(facts.container, facts.person, facts.session.site_id)
    if facts.day_closed:
        yield "day_closed"
    if not facts.product.whole_units(facts.amount_mg):
        yield "not_whole_units"
    if facts.amount_mg > facts.container.balance_mg:
        yield "balance_insufficient"
    if facts.order is not None:
        if facts.container.product != facts.order.product:
            yield "product_not_ordered"
        over = 100 + facts.protocol.dose.draw_over_order_max_percent
        if (facts.given_mg + facts.held_mg + facts.amount_mg) * 100 > facts.order.mg * over:
            yield "draw_exceeds_order"
