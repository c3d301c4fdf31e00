"""Session, discharge and ledger under any order of steps: no unsafe state is ever reached.

KAIROS_MACHINE_EXAMPLES asks for more examples than a test run has time for: with 2000 of 60 steps
the three machines take well over a hundred thousand steps each.
"""

import os
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from dosing import data
from dosing.domain import clearance, gate
from dosing.domain.break_glass import BreakGlass, GlassReason
from dosing.domain.clearance import Confirmed, NotCleared, Projected, RouteClearance, Unreachable
from dosing.domain.dose import GivenDose
from dosing.domain.elapsed import Anchor, since_first, watched
from dosing.domain.errors import AmountNotHeld, IllegalMove
from dosing.domain.further import Course
from dosing.domain.ledger import Container, EntryKind, Posting, balance_change, held
from dosing.domain.order import Order, Unit
from dosing.domain.order_facts import LastDose, Weight
from dosing.domain.session import OVER, State
from dosing.domain.staff import Credential, Practitioner
from dosing.domain.verification import faults
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from .makers import NOW, container, seen, session

EXAMPLES = int(os.environ.get("KAIROS_MACHINE_EXAMPLES", "25"))
_BOUNDS = settings(max_examples=EXAMPLES, stateful_step_count=60, deadline=None)
IM = data.protocol_for("im")
VIAL = data.product("ketamine_50mg_ml_10ml")
PEOPLE = [UUID(int=n) for n in (11, 12, 13)]


def _person(who: UUID, *, licensed: bool) -> Practitioner:
    kinds = ("medical_licence", "dea_registration") if licensed else ()
    return Practitioner(
        id=who,
        roles=frozenset({"prescriber"}),
        credentials=tuple(
            Credential(
                kind=kind,
                state="CO",
                issued_on=NOW.date() - timedelta(days=9),
                expires_on=NOW.date() + timedelta(days=9),
                active=True,
            )
            for kind in kinds
        ),
    )


class GateMachine(RuleBasedStateMachine):
    """A session whose circumstances change in any order, and doses that are tried all the time."""

    passed = 0  # doses that the gate let through, over all examples

    @initialize(right=st.booleans())
    def begin(self, right: bool) -> None:
        self.set_up()
        if right:
            self.put_right()

    def set_up(self) -> None:
        """Ordered and drawn, and nothing else yet."""
        self.now = NOW
        self.session = session(state=State.DOSING, opened_at=NOW)
        self.order = Order(
            id=uuid4(),
            session_id=self.session.id,
            patient_id=self.session.patient_id,
            route="im",
            product=VIAL.code,
            value=Decimal("34"),
            unit=Unit.MG,
            weight=Weight(kg=Decimal("68"), measured_at=NOW),
            mg=Decimal("34"),
            mg_per_kg=Decimal("0.5"),
            ml=Decimal("0.68"),
            units=None,
            infusion_minutes=None,
            iv_equivalent_mg_per_kg=Decimal("0.465"),
            soft_stops=(),
            soft_stop_reason=None,
            prescribed_by=PEOPLE[0],
            ordered_at=NOW,
        )
        self.order_active = True
        self.answer: clearance.Answer = Unreachable()
        self.known_cleared = False
        self.seen = [seen()]
        self.concern = False
        self.licensed = True
        self.checked_by: UUID | None = None
        self.held = Decimal("34")
        self.quarantined = False
        self.last = LastDose()
        self.glass: BreakGlass | None = None
        self.as_of = NOW
        self.given: list[GivenDose] = []
        self.stopped = False

    @rule(minutes=st.integers(1, 20))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(systolic=st.integers(100, 190), spo2=st.integers(88, 100), moaas=st.integers(3, 5))
    def observe(self, systolic: int, spo2: int, moaas: int) -> None:
        one = seen(systolic_mmhg=systolic, spo2_percent=spo2, moaas=moaas)
        self.seen.append(replace(one, observed_at=self.now, recorded_at=self.now))

    @rule(kind=st.sampled_from(["yes", "no", "silent"]), version=st.integers(1, 3))
    def intake_answers(self, kind: str, version: int) -> None:
        until = self.now + timedelta(seconds=10)
        yes = Confirmed(
            confirmation_id=uuid4(), version=version, extra_monitoring=(), valid_until=until
        )
        self.answer = {"yes": yes, "no": NotCleared(reasons=("x",)), "silent": Unreachable()}[kind]

    @rule(cleared=st.booleans(), fresh=st.booleans())
    def announcement_arrives(self, cleared: bool, fresh: bool) -> None:
        self.known_cleared = cleared
        if fresh:
            self.as_of = self.now

    @rule(flag=st.sampled_from(["concern", "licensed", "quarantined", "stopped", "order_active"]))
    def something_turns(self, flag: str) -> None:
        setattr(self, flag, not getattr(self, flag))

    @rule(who=st.sampled_from(PEOPLE))
    def somebody_checks(self, who: UUID) -> None:
        self.checked_by = who

    @rule(amount=st.sampled_from(["0", "10", "34", "35"]))
    def drug_in_hand(self, amount: str) -> None:
        self.held = Decimal(amount)

    @rule(confirmed=st.booleans(), used=st.booleans())
    def glass_is_asked_for(self, confirmed: bool, used: bool) -> None:
        self.glass = BreakGlass(
            id=uuid4(),
            session_id=self.session.id,
            patient_id=self.session.patient_id,
            reason=GlassReason.INTAKE_OUTAGE,
            explanation="-",
            asked_by=PEOPLE[1],
            asked_at=self.now,
            confirmed_by=PEOPLE[0] if confirmed else None,
            confirmed_at=self.now if confirmed else None,
            used_at=self.now if used else None,
        )

    @rule()
    def all_is_put_right(self) -> None:
        """Else chance alone would hardly ever find every rule kept at once."""
        self.put_right()

    @rule(spoilt=st.sampled_from(["", "concern", "quarantined", "stopped"]))
    def dose_is_tried_at_its_best(self, spoilt: str) -> None:
        """Everything holds but what has been, and at most one thing more."""
        self.put_right()
        if spoilt:
            setattr(self, spoilt, True)
        self.try_dose("34", PEOPLE[1])

    def put_right(self) -> None:
        """Everything holds, but for what has been."""
        self.concern = self.quarantined = self.stopped = False
        self.licensed = self.order_active = self.known_cleared = True
        self.checked_by, self.held = PEOPLE[2], Decimal("34")
        until = self.now + timedelta(seconds=10)
        self.answer = Confirmed(
            confirmation_id=uuid4(), version=2, extra_monitoring=(), valid_until=until
        )
        self.seen.append(replace(seen(), observed_at=self.now, recorded_at=self.now))

    @rule(amount=st.sampled_from(["10", "34", "35"]), giver=st.sampled_from(PEOPLE))
    def dose_is_tried(self, amount: str, giver: UUID) -> None:
        self.try_dose(amount, giver)

    def try_dose(self, amount: str, giver: UUID) -> None:
        """Give it if the gate lets it pass; what then has to be true is asserted."""
        facts = self._facts(Decimal(amount), giver)
        if gate.failing(facts):
            return
        self._promise(facts)
        GateMachine.passed += 1
        dose = GivenDose(
            id=uuid4(),
            command_id=uuid4(),
            session_id=self.session.id,
            patient_id=self.session.patient_id,
            order_id=self.order.id,
            draw_id=UUID(int=5),
            baseline_observation_id=self.seen[-1].id,
            amount_mg=Decimal(amount),
            administered_at=self.now,
            recorded_at=self.now,
            administered_by=giver,
            confirmation_id=uuid4(),
            clearance_version=1,
            extra_monitoring=(),
        )
        self.given.append(dose)
        self.session = self.session.dosed(by=giver, at=self.now)
        self.last = LastDose(at=self.now, local_day=self.now.date())

    def _facts(self, amount: Decimal, giver: UUID) -> gate.Facts:
        draw = UUID(int=5)
        check = gate.Check(
            order_id=self.order.id,
            draw_id=draw,
            checked_by=self.checked_by or giver,
            checked_at=NOW,
            amount_mg=amount,
        )
        order = self.order if self.order_active else replace(self.order, cancelled_at=NOW)
        return gate.Facts(
            session=self.session,
            person=frozenset({self.session.patient_id}),
            protocol=IM,
            order=order,
            amount_mg=amount,
            observations=self.seen,
            earlier=(),
            prescriber=_person(PEOPLE[0], licensed=self.licensed),
            giver=_person(giver, licensed=self.licensed),
            qualifications=data.qualifications(),
            checks=[check],
            drug=gate.Drug(
                draw_id=draw,
                drawn_at=NOW,
                container=container(),
                product=VIAL,
                held_mg=self.held,
                quarantined=self.quarantined,
            ),
            last=self.last,
            concern_open=self.concern,
            answer=self.answer,
            known=Projected(
                version=2,
                changed_at=NOW,
                route=RouteClearance(cleared=self.known_cleared, reasons=(), expires_at=None),
            ),
            known_as_of=self.as_of,
            glass=self.glass,
            glass_policy=data.glass_policy(),
            noted=frozenset(),
            rems=gate.Rems(patient=False, site=False, prescriber_on_site=False),
            course=Course(
                given=self.given,
                stopped=self.stopped,
                since_first=self.now - self.given[0].recorded_at if self.given else None,
                since_last=self.now - self.given[-1].recorded_at if self.given else None,
            ),
            infusion=False,
            now=self.now,
        )

    def _promise(self, facts: gate.Facts) -> None:
        """What has to be true at the instant of every dose, said without the gate's own code."""
        newest = self.seen[-1].readings
        assert self.order_active
        assert not self.concern
        assert not self.stopped
        assert not self.quarantined
        assert self.licensed
        assert self.checked_by not in (None, facts.giver.id)
        assert facts.amount_mg <= min(self.order.mg, self.held)
        assert not self.given, "an intramuscular dose is given once"
        assert newest.systolic_mmhg is not None
        assert newest.systolic_mmhg <= IM.pre_dose.go_systolic_mmhg
        assert (newest.spo2_percent or 0) >= IM.pre_dose.spo2_low_percent
        assert newest.moaas == 5
        assert self.now - self.seen[-1].observed_at <= IM.pre_dose.fresh
        assert all(
            (o.readings.systolic_mmhg or 0) < IM.pre_dose.stop_systolic_mmhg for o in self.seen
        )
        assert self.last.at is None
        if isinstance(self.answer, Confirmed):
            assert self.now < self.answer.valid_until
            assert self.answer.version >= 2 or self.known_cleared
        else:
            assert isinstance(self.answer, Unreachable), "intake said no"
            assert self.glass is not None
            assert self.glass.confirmed_at is not None
            assert self.glass.used_at is None
            assert self.known_cleared

    @invariant()
    def nobody_is_dosed_twice(self) -> None:
        if hasattr(self, "given"):
            assert len(self.given) <= 1


class LedgerMachine(RuleBasedStateMachine):
    """A vial and everything that can be entered, in any order."""

    @initialize()
    def receive(self) -> None:
        self.vial: Container = container()
        self._enter(EntryKind.RECEIVE, Decimal("500"))
        self.draws: list[UUID] = []

    def _enter(self, kind: EntryKind, amount: Decimal, **more: UUID) -> bool:
        posting = Posting(id=uuid4(), kind=kind, amount_mg=amount, at=NOW, actor=PEOPLE[0], **more)
        before = self.vial
        try:
            self.vial = self.vial.enter(posting)
        except AmountNotHeld:
            assert self.vial is before
            return False
        return True

    @rule(amount=st.decimals("0.001", "120", places=3))
    def draw(self, amount: Decimal) -> None:
        draw = uuid4()
        if self._enter(EntryKind.DRAW, amount, draw_id=draw):
            self.draws.append(draw)

    @precondition(lambda self: self.draws)
    @rule(
        data_=st.data(),
        kind=st.sampled_from([EntryKind.ADMINISTER, EntryKind.WASTE, EntryKind.RETURN]),
    )
    def account(self, data_: st.DataObject, kind: EntryKind) -> None:
        draw = data_.draw(st.sampled_from(self.draws))
        open_mg = held([e for e in self.vial.entries if e.draw_id == draw])
        if open_mg > 0:
            share = data_.draw(st.sampled_from([Decimal(1), Decimal("0.5")]))
            amount = (open_mg * share).quantize(Decimal("0.001"))
            if amount > 0:
                assert self._enter(kind, min(amount, open_mg), draw_id=draw)

    @rule(
        kind=st.sampled_from([EntryKind.ADJUST_IN, EntryKind.ADJUST_OUT, EntryKind.LOSS]),
        amount=st.decimals("0.001", "50", places=3),
    )
    def correct(self, kind: EntryKind, amount: Decimal) -> None:
        self._enter(kind, amount)

    @rule(amount=st.decimals("0", "500", places=3))
    def count(self, amount: Decimal) -> None:
        before = self.vial.balance_mg
        assert self._enter(EntryKind.COUNT, amount)
        assert self.vial.balance_mg == before

    @invariant()
    def books_balance(self) -> None:
        if not hasattr(self, "draws"):
            return
        assert self.vial.balance_mg >= 0
        assert self.vial.balance_mg == sum(map(balance_change, self.vial.entries))
        for draw in self.draws[-3:]:
            assert held([e for e in self.vial.entries if e.draw_id == draw]) >= 0

    def teardown(self) -> None:
        """At the end the whole chain verifies; with one entry altered it does not."""
        if hasattr(self, "draws"):
            entries = self.vial.entries
            assert list(faults(self.vial, entries, None)) == []
            spoilt = [*entries[:-1], replace(entries[-1], actor=PEOPLE[2])]
            assert list(faults(self.vial, spoilt, None)) != []


class WatchMachine(RuleBasedStateMachine):
    """Time passes, clocks jump, machines change, people look or do not."""

    @initialize()
    def first_dose(self) -> None:
        self.real = timedelta(0)  # what has truly passed
        self.skew = timedelta(0)
        self.boot = "a"
        self.anchors = [self._anchor()]
        self.looks: list[timedelta] = []
        self.rebooted = False

    def _anchor(self) -> Anchor:
        ticks = 1_000_000 + self.real // timedelta(milliseconds=1)
        return Anchor(boot=self.boot, ticks_ms=ticks, at=NOW + self.real + self.skew)

    @rule(minutes=st.integers(1, 50))
    def time_passes(self, minutes: int) -> None:
        self.real += timedelta(minutes=minutes)

    @rule(minutes=st.integers(-180, 180))
    def clock_jumps(self, minutes: int) -> None:
        self.skew += timedelta(minutes=minutes)

    @rule()
    def somebody_looks(self) -> None:
        self.looks.append(since_first(self.anchors, self._anchor()))
        self.anchors.append(self._anchor())

    @invariant()
    def elapsed_is_what_passed_whatever_the_date_says(self) -> None:
        if not hasattr(self, "anchors"):
            return
        elapsed = since_first(self.anchors, self._anchor())
        assert elapsed == self.real
        stale = timedelta(minutes=40)
        counted = watched(self.looks, elapsed, stale)
        assert timedelta(0) <= counted <= elapsed
        gaps = [
            b - a for a, b in zip([timedelta(0), *self.looks], [*self.looks, elapsed], strict=True)
        ]
        assert (counted == elapsed) is all(gap <= stale for gap in gaps)


class MoveMachine(RuleBasedStateMachine):
    """Every move is tried from everywhere; what is over stays over."""

    @initialize()
    def check_in(self) -> None:
        self.here = session()
        self.path = [self.here.state]

    @rule(to=st.sampled_from(State))
    def move(self, to: State) -> None:
        before = self.here
        try:
            self.here = self.here.move(to, by=PEOPLE[0], cause="test", at=NOW)
        except IllegalMove:
            assert self.here is before
        else:
            assert before.state not in OVER
            self.path.append(to)

    @invariant()
    def nobody_leaves_dosed_without_having_been_watched(self) -> None:
        if hasattr(self, "path"):
            for end in (State.DISCHARGED, State.TRANSFERRED, State.LEFT_AGAINST_ADVICE):
                if end in self.path:
                    assert State.MONITORING in self.path[: self.path.index(end)]
            if State.ABORTED in self.path:
                assert State.MONITORING not in self.path


TestGateMachine = GateMachine.TestCase
TestLedgerMachine = LedgerMachine.TestCase
TestWatchMachine = WatchMachine.TestCase
TestMoveMachine = MoveMachine.TestCase
for machine in (TestGateMachine, TestLedgerMachine, TestWatchMachine, TestMoveMachine):
    machine.settings = _BOUNDS


def test_gate_machine_has_given_doses() -> None:
    """Its promises were put to the test: doses did pass. Runs after the machine, in this file."""
    assert GateMachine.passed > 0
