"""Whatever people do in whatever order, the calendar keeps its promises.

A Hypothesis state machine books, holds, moves, cancels, lets holds expire, suspends credentials,
takes clearance away and plans courses; after each step the rows are judged from outside, by what
visits and holds say and not by what they occupy. KAIROS_STATE_EXAMPLES asks for more than a test
can wait for.
"""

import asyncio
import os
from collections.abc import Coroutine
from datetime import datetime, timedelta
from itertools import combinations
from types import ModuleType
from typing import Any, ClassVar, TypeVar
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from kairos_chassis.errors import KairosError, Kind
from kairos_chassis.testing.harness import Harness
from scheduling.data import protocols
from scheduling.domain.check_in import Fasting, Screen
from scheduling.domain.course_plan import PlannedVisit
from scheduling.domain.practitioner import Role
from scheduling.store import occupancy
from scheduling.use_cases import replan_practitioner
from scheduling.use_cases.admit_visit import AdmitVisit
from scheduling.use_cases.book_course import BookCourse, book_course
from scheduling.use_cases.book_hold import BookHold, book_hold
from scheduling.use_cases.book_visit import BookVisit, book_visit
from scheduling.use_cases.cancel_visit import CancelVisit, cancel_visit
from scheduling.use_cases.check_in_visit import CheckInVisit, check_in_visit
from scheduling.use_cases.hold_slot import HoldSlot, hold_slot
from scheduling.use_cases.move_visit import MoveVisit, move_visit
from scheduling.use_cases.suspend_credential import SuspendCredential, suspend_credential
from scheduling.use_cases.verify_credential import VerifyCredential, verify_credential

from ..http.clinic import MORNING, Clinic, open_clinic
from ..http.test_courses import cleared_for_all

EXAMPLES = int(os.environ.get("KAIROS_STATE_EXAMPLES", "3"))
STEPS = 12
REFUSALS = {Kind.CONFLICT, Kind.REFUSED, Kind.INVALID, Kind.STALE}
OCCUPYING = ("booked", "held", "checked_in")
OFFSETS = {
    "preparation_1": 1,
    "preparation_2": 2,
    "dose_1": 4,
    "dose_2": 11,
    "integration_2": 12,
    "dose_3": 18,
    "dose_4": 25,
    "integration_4": 26,
}
T = TypeVar("T")
slots = st.integers(0, 10)
people = st.integers(0, 2)
pick = st.integers(0, 30)


class Calendar(RuleBasedStateMachine):
    """Three patients, two rooms, two nurses and one of everybody else."""

    service: ClassVar[Harness]
    loop: ClassVar[asyncio.AbstractEventLoop]

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something on the test's loop, from the machine's thread."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    @initialize()
    def open(self) -> None:
        """A clinic of its own for every run."""
        self.service.clock.at = MORNING
        self.network = uuid4()
        self.clinic: Clinic = self.run(open_clinic(self.service, self.network))
        self.patients = [self.run(cleared_for_all(self.clinic)) for _ in range(3)]
        path = f"/v1/sites/{self.clinic.site}/rooms"
        more = self.run(self.clinic.make(path, {"name": "Red"}))
        self.rooms = [UUID(self.clinic.room), UUID(more)]
        first = UUID(self.clinic.staff["nurse"])
        card = self.clinic.cards["nurse", "bls"]
        second = UUID(self.run(self.clinic.hire("nurse")))
        self.nurses = [first, second]
        self.cards = {first: card, second: self.clinic.cards["nurse", "bls"]}
        self.suspended: set[UUID] = set()
        self.lost: dict[UUID, int] = {}  # patients without clearance
        self.versions = dict.fromkeys(self.patients, 1)

    def attempt(self, use_case: Any, command: Any) -> Any:
        """Do it; a refusal with a reason is an answer as well."""

        async def work() -> Any:
            async with self.service.db.transaction(self.network) as tx:
                return await use_case(command, tx)

        try:
            return self.run(work())
        except Exception as refusal:
            if isinstance(refusal, KairosError) and refusal.kind in REFUSALS:
                return None
            raise

    def team(self, nurse: int) -> dict[Role, UUID]:
        """The one team, with one of the nurses."""
        staff = {Role(role): UUID(person) for role, person in self.clinic.staff.items()}
        return {**staff, Role.NURSE: self.nurses[nurse % 2]}

    def at(self, slot: int) -> datetime:
        """A start in the days to come."""
        day, hour = divmod(slot, 3)
        return self.service.clock.at.replace(minute=0) + timedelta(days=day, hours=1 + 2 * hour)

    def rows(self, query: str) -> list[asyncpg.Record]:
        """Rows of this network, seen as the server's admin."""

        async def read() -> list[asyncpg.Record]:
            admin = await asyncpg.connect(self.service.database.admin_url)
            try:
                return await admin.fetch(query, self.network)
            finally:
                await admin.close()

        return self.run(read())

    def visits(self) -> list[asyncpg.Record]:
        """Every visit with its staff."""
        return self.rows(
            "SELECT v.*, (SELECT array_agg(practitioner_id) FROM visit_staff s"
            " WHERE s.visit_id = v.id) AS people, (SELECT practitioner_id FROM visit_staff s"
            " WHERE s.visit_id = v.id AND role = 'nurse') AS nurse"
            " FROM visit v WHERE network_id = $1 ORDER BY id"
        )

    def one_of(self, number: int) -> asyncpg.Record | None:
        """Some visit to come."""
        found = [one for one in self.visits() if one["state"] in ("booked", "held")]
        return found[number % len(found)] if found else None

    @rule(who=people, slot=slots, nurse=people, room=people)
    def book(self, who: int, slot: int, nurse: int, room: int) -> None:
        self.attempt(
            book_visit,
            BookVisit(
                patient_id=self.patients[who],
                site_id=UUID(self.clinic.site),
                room_id=self.rooms[room % 2],
                visit_type="dosing_im",
                route="im",
                starts_at=self.at(slot),
                staff=self.team(nurse),
            ),
        )

    @rule(who=people, slot=slots, nurse=people, room=people, then=st.booleans())
    def hold(self, who: int, slot: int, nurse: int, room: int, then: bool) -> None:
        visit = AdmitVisit(
            visit_id=uuid4(),
            patient_id=self.patients[who],
            site_id=UUID(self.clinic.site),
            room_id=self.rooms[room % 2],
            visit_type="dosing_im",
            route="im",
            starts_at=self.at(slot),
            staff=self.team(nurse),
        )
        held = self.attempt(hold_slot, HoldSlot(visit=visit, minutes=10, by=uuid4()))
        if held is not None and then:
            self.attempt(book_hold, BookHold(hold_id=held.id))

    @rule(number=pick, slot=slots, nurse=people, room=people)
    def move(self, number: int, slot: int, nurse: int, room: int) -> None:
        visit = self.one_of(number)
        if visit is None:
            return
        staff = self.team(nurse)
        if visit["nurse"] is None:
            staff = {Role.THERAPIST: staff[Role.THERAPIST]}
        command = MoveVisit(
            visit_id=visit["id"],
            version=visit["version"],
            site_id=visit["site_id"],
            room_id=None if visit["room_id"] is None else self.rooms[room % 2],
            starts_at=self.at(slot),
            staff=staff,
            equipment_ids=(),
            reason="patient_request",
            by=None,
        )
        self.attempt(move_visit, command)

    @rule(number=pick)
    def cancel(self, number: int) -> None:
        visit = self.one_of(number)
        if visit is not None:
            command = CancelVisit(
                visit_id=visit["id"], version=visit["version"], reason="patient_ill", by=None
            )
            self.attempt(cancel_visit, command)

    @rule(minutes=st.sampled_from([9, 11, 90]))
    def let_time_pass(self, minutes: int) -> None:
        self.service.clock.advance(timedelta(minutes=minutes))
        if minutes == 90:
            self.run(self.service.run_due())

    @rule(nurse=st.integers(0, 1))
    def suspend_or_reinstate(self, nurse: int) -> None:
        person = self.nurses[nurse]
        where = {"practitioner_id": person, "credential_id": UUID(self.cards[person])}
        if person in self.suspended:
            again = VerifyCredential(**where, source="issuer", reinstates=True, by=uuid4())
            self.attempt(verify_credential, again)
            self.suspended.discard(person)
        else:
            self.attempt(suspend_credential, SuspendCredential(**where))
            self.suspended.add(person)

    @rule(who=people)
    def lose_or_regain_clearance(self, who: int) -> None:
        patient = self.patients[who]
        self.versions[patient] += 1
        version, cleared = self.versions[patient], patient in self.lost
        self.run(self.clinic.clear(patient, version=version, cleared=cleared))
        if cleared:
            del self.lost[patient]
        else:
            self.lost[patient] = version

    @rule(number=pick)
    def check_in(self, number: int) -> None:
        visit = self.one_of(number)
        if visit is None or visit["route"] is None:
            return
        self.service.clock.at = max(self.service.clock.at, visit["starts_at"])
        command = CheckInVisit(
            visit_id=visit["id"],
            version=visit["version"],
            escort_confirmed=True,
            fasting=Fasting.KEPT,
            screen=Screen.CLEAR,
            consent_reaffirmed=True,
            by=uuid4(),
        )
        if self.attempt(check_in_visit, command) is not None:
            assert visit["patient_id"] not in self.lost, "no dose without clearance"
            assert visit["nurse"] not in self.suspended, "no dose without credentials"

    @precondition(lambda self: not self.rows("SELECT FROM course WHERE network_id = $1"))
    @rule(who=people)
    def plan_course(self, who: int) -> None:
        start = self.service.clock.at.replace(hour=18, minute=0)
        team = self.team(0)
        steps = {step.code: step.visit_type for step in protocols()["lozenge_four"].steps}
        planned = [
            PlannedVisit(
                step=step,
                visit_type=steps[step],
                site_id=UUID(self.clinic.site),
                starts_at=start + timedelta(days=day),
                local_on=(start + timedelta(days=day)).date(),
                room_id=self.rooms[0] if "dose" in step else None,
                staff=team if "dose" in step else {Role.THERAPIST: team[Role.THERAPIST]},
                equipment_ids=(),
            )
            for step, day in OFFSETS.items()
        ]
        command = BookCourse(
            patient_id=self.patients[who], protocol="lozenge_four", visits=planned, by=uuid4()
        )
        self.attempt(book_course, command)

    @invariant()
    def nobody_and_nothing_is_in_two_places(self) -> None:
        taken = [
            (one["starts_at"], one["ends_at"], one)
            for one in self.visits()
            if one["state"] in OCCUPYING
        ]
        for one, other in combinations(taken, 2):
            if one[1] <= other[0] or other[1] <= one[0]:
                continue
            left, right = one[2], other[2]
            assert left["patient_id"] != right["patient_id"]
            assert left["room_id"] is None or left["room_id"] != right["room_id"]
            shared = set(left["people"]) & set(right["people"])
            assert shared <= ({left["nurse"]} & {right["nurse"]}) - {None}
            if shared:
                assert not left["one_to_one"], "a first dose is watched alone"
                assert not right["one_to_one"]
        for moment in {one[0] for one in taken}:
            watched = [one[2]["nurse"] for one in taken if one[0] <= moment < one[1]]
            assert all(watched.count(nurse) <= 2 for nurse in watched if nurse is not None)

    @invariant()
    def doses_keep_their_interval(self) -> None:
        doses = [one for one in self.visits() if one["state"] in OCCUPYING and one["route"]]
        for one, other in combinations(doses, 2):
            if one["patient_id"] == other["patient_id"]:
                assert abs(one["starts_at"] - other["starts_at"]) >= timedelta(hours=72)

    @invariant()
    def only_what_may_take_place_is_booked(self) -> None:
        for one in self.visits():
            to_come = one["state"] == "booked" and one["ends_at"] > self.service.clock.at
            if to_come and one["route"] == "im":
                assert one["patient_id"] not in self.lost
                assert one["nurse"] not in self.suspended

    @invariant()
    def courses_keep_their_rules(self) -> None:
        steps = self.rows(
            "SELECT s.code, v.starts_at, v.local_on FROM course_step s JOIN visit v"
            " ON v.id = s.visit_id WHERE s.network_id = $1"
            " AND v.state NOT IN ('cancelled', 'missed')"
        )
        placed: Any = {one["code"]: Place(one["starts_at"], one["local_on"]) for one in steps}
        assert protocols()["lozenge_four"].broken(placed) == []


class Crowded(Calendar):
    """Everybody wants the same hour and nobody does anything else: bugs show soon."""

    hold = move = cancel = let_time_pass = check_in = plan_course = None  # type: ignore[assignment]
    lose_or_regain_clearance = None  # type: ignore[assignment]

    @rule(who=people)
    def book(self, who: int) -> None:
        Calendar.book(self, who, 0, 0, 0)

    @rule()
    def suspend_or_reinstate(self) -> None:
        Calendar.suspend_or_reinstate(self, 0)


class Place:
    """Where a step is, as a rule looks at it."""

    def __init__(self, starts_at: datetime, local_on: Any) -> None:
        self.starts_at = starts_at
        self.local_on = local_on


async def test_calendar_keeps_its_promises_whatever_people_do(service: Harness) -> None:
    Calendar.service, Calendar.loop = service, asyncio.get_running_loop()
    limits = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        derandomize="KAIROS_STATE_EXAMPLES" not in os.environ,
        suppress_health_check=list(HealthCheck),
    )

    await asyncio.to_thread(run_state_machine_as_test, Calendar, settings=limits)


async def _takes_nothing(*_: object, **__: object) -> list[object]:
    return []


async def _lets_everybody_pass(*_: object, **__: object) -> None:
    return None


@pytest.mark.parametrize(
    ("module", "name", "planted"),
    [
        (occupancy, "take", _takes_nothing),  # bookings that occupy nothing
        (replan_practitioner, "replan_visits", _lets_everybody_pass),  # suspensions nobody follows
    ],
)
async def test_planted_bug_is_found(
    service: Harness,
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    name: str,
    planted: Any,
) -> None:
    Crowded.service, Crowded.loop = service, asyncio.get_running_loop()
    monkeypatch.setattr(module, name, planted)
    limits = settings(
        max_examples=10,
        stateful_step_count=6,
        report_multiple_bugs=False,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],  # the smallest example is of no interest
        suppress_health_check=list(HealthCheck),
    )

    with pytest.raises(AssertionError):
        await asyncio.to_thread(run_state_machine_as_test, Crowded, settings=limits)
