"""The gate at administration: every rule that refuses is named, all of them at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from dosing.domain import (
    baseline,
    break_glass,
    clearance,
    further,
    interval,
    lot,
    pre_dose,
    staff,
    watching,
)
from dosing.domain.break_glass import BreakGlass, GlassPolicy
from dosing.domain.further import Course
from dosing.domain.ledger import Container
from dosing.domain.observation import Observation
from dosing.domain.order import Order
from dosing.domain.order_facts import LastDose
from dosing.domain.protocol import Product, Protocol
from dosing.domain.session import Session, State
from dosing.domain.staff import Act, Practitioner, Qualification
from dosing.domain.watching import Watching, WatchPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A second person compared syringe, order and patient."""

    order_id: UUID  # the order the syringe was compared with
    draw_id: UUID
    checked_by: UUID
    checked_at: datetime
    amount_mg: Decimal  # the dose in it that was confirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class Drug:
    """What is in hand for this dose. `held_mg` is free of what waits to be wasted."""

    draw_id: UUID
    drawn_at: datetime
    container: Container
    product: Product
    held_mg: Decimal
    quarantined: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rems:
    """Who is enrolled in the SPRAVATO REMS, as recorded here."""

    patient: bool
    site: bool
    prescriber_on_site: bool  # one who may prescribe has signed in there today


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything the gate judges by, read under the patient's lock."""

    session: Session
    person: frozenset[UUID]  # all ids of the patient: records may have been merged
    protocol: Protocol
    order: Order | None
    amount_mg: Decimal
    observations: Sequence[Observation]  # before the first dose, oldest first
    earlier: Sequence[Observation]  # the same day, before a dose in another session
    prescriber: Practitioner | None
    giver: Practitioner
    qualifications: Sequence[Qualification]
    checks: Sequence[Check]
    drug: Drug | None
    last: LastDose
    concern_open: bool
    answer: clearance.Answer
    known: clearance.Projected
    known_as_of: datetime | None  # up to when intake's announcements are known here
    glass: BreakGlass | None  # two clinicians' decision, where there is one
    glass_policy: GlassPolicy
    noted: frozenset[UUID]  # readings of which a prescriber wrote why the benefit is worth it
    rems: Rems
    watching: Watching  # whom the giver watches already: whoever gives a dose watches then
    watch_policy: WatchPolicy
    course: Course
    infusion: bool  # it is an infusion that is to begin
    now: datetime

    @property
    def extra_monitoring(self) -> frozenset[str]:
        """What intake asks to be watched, and says of the patient's age."""
        return clearance.extra_monitoring(self.answer, self.known)

    @property
    def first(self) -> bool:
        """Whether nothing was given in this session yet."""
        return not self.course.begun


def failing(facts: Facts) -> tuple[str, ...]:
    """The rules that refuse this dose; empty means it may be given."""
    return (
        *_session(facts),
        *further.against(facts.course),
        *_clearance(facts),
        *(("safety_concern_open",) if facts.concern_open else ()),
        *_patient(facts),
        *_people(facts),
        *_rems(facts),
        *_drug(facts),
    )


def _session(facts: Facts) -> Iterator[str]:
    allowed = (State.READY, State.DOSING) if facts.first else (State.MONITORING,)
    if facts.session.state not in allowed:
        yield "session_not_ready"
    else:
        yield from further.failing(facts.course, facts.protocol.dose)
    yield from check_in_failing(facts.session, facts.now)
    if facts.infusion is not (facts.protocol.infusion is not None):
        yield "given_by_infusion_only" if facts.protocol.infusion else "no_infusion_by_this_route"
    if facts.order is None or not facts.order.active:
        yield "order_not_active"
    elif facts.course.given_mg + facts.amount_mg > facts.order.mg:
        yield "dose_exceeds_order"


def _clearance(facts: Facts) -> Iterator[str]:
    if isinstance(facts.answer, clearance.Unreachable):
        yield from break_glass.failing(
            facts.glass, facts.known, facts.known_as_of, facts.glass_policy, facts.now
        )
    else:
        yield from clearance.failing(facts.answer, facts.known, facts.now)


def _patient(facts: Facts) -> Iterator[str]:
    """Vital signs and intervals are judged at the first part; after it, alerts speak."""
    if not facts.first:
        return
    over_65 = clearance.OVER_65 in facts.extra_monitoring
    limits = facts.protocol.pre_dose.at_age(over_65=over_65)
    yield from pre_dose.failing(facts.observations, limits, facts.now, facts.earlier, facts.noted)
    yield from baseline.failing(
        baseline.newest(facts.observations),
        facts.protocol.baseline,
        facts.now,
        today=staff.day_at(facts.session, facts.now),
        first=facts.last.at is None,
    )
    yield from interval.failing(facts.last, facts.protocol.interval, facts.session.zone, facts.now)


def _rems(facts: Facts) -> Iterator[str]:
    if facts.protocol.rems and not facts.rems.patient:
        yield "rems_patient_not_enrolled"
    if facts.protocol.rems and not facts.rems.site:
        yield "rems_site_not_enrolled"
    if facts.protocol.rems and not facts.rems.prescriber_on_site:
        yield "prescriber_not_on_site"


def _people(facts: Facts) -> Iterator[str]:
    day, state = staff.day_at(facts.session, facts.now), facts.session.site_state

    def may(person: Practitioner, act: Act) -> bool:
        return staff.qualified(person, act, facts.qualifications, day, state)

    if facts.prescriber is None or not may(facts.prescriber, Act.PRESCRIBE):
        yield "prescriber_not_credentialed"
    if not may(facts.giver, Act.ADMINISTER):
        yield "giver_not_credentialed"
    if facts.first:
        yield from watching.failing(
            facts.watching, facts.watch_policy, first_dose=facts.last.at is None
        )
    if facts.protocol.parenteral and not any(_covers(check, facts) for check in facts.checks):
        yield "second_person_check_missing"


def prepared_at(facts: Facts) -> datetime | None:
    """From when on the drug was drawn and checked for this dose; None if it is not."""
    checked = [check.checked_at for check in facts.checks if _covers(check, facts)]
    if facts.drug is None or (facts.protocol.parenteral and not checked):
        return None
    return max([facts.drug.drawn_at, *checked[:1]])


def check_in_failing(session: Session, now: datetime) -> Iterator[str]:
    """Whether the patient came today: order, weight, fasting and escort are of that day."""
    if staff.day_at(session, session.opened_at) != staff.day_at(session, now):
        yield "check_in_not_today"


def _covers(check: Check, facts: Facts) -> bool:
    return (
        check.checked_by != facts.giver.id
        and facts.order is not None
        and check.order_id == facts.order.id
        and facts.drug is not None
        and check.draw_id == facts.drug.draw_id
        and check.amount_mg == facts.amount_mg
    )


def _drug(facts: Facts) -> Iterator[str]:
    if facts.drug is None:
        yield "drug_not_drawn"
        return
    drug, day = facts.drug, staff.day_at(facts.session, facts.now)
    yield from lot.failing(
        drug.container, drug.product, day, facts.now, quarantined=drug.quarantined
    )
    yield from lot.ownership_failing(drug.container, facts.person, facts.session.site_id)
    if facts.order is not None and drug.container.product != facts.order.product:
        yield "product_not_ordered"
    yield from lot.units_failing(drug.product, facts.amount_mg)
    if facts.amount_mg > drug.held_mg:
        yield "drawn_amount_insufficient"
