"""Find free slots: for a patient, a team, a room and equipment together, across sites."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from kairos_chassis.db import Transaction

from scheduling.data import visit_types
from scheduling.domain.errors import UnknownVisitType
from scheduling.domain.local_time import start_of_day
from scheduling.domain.opening import Span, days_of
from scheduling.domain.practitioner import Role
from scheduling.domain.roster import Roster, Wish
from scheduling.domain.visit_type import VisitType
from scheduling.store import doses, monitors, policies, rosters, slots, visits
from scheduling.store.slots import FreeSlot, SlotQuery

# Searched at a time: a day at first, where most searches end, then twice as much each time.
_FIRST_WINDOW, _LONGEST_WINDOW = timedelta(days=1), timedelta(days=8)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindSlots:
    """What is looked for, and where to stop."""

    visit_type: str
    since: datetime
    until: datetime
    patient_id: UUID | None = None
    site_ids: Sequence[UUID] | None = None  # None for every site
    languages: frozenset[str] = frozenset()
    people: dict[Role, frozenset[UUID]] = field(default_factory=dict)  # only these, by role
    one_to_one: bool | None = None  # None: as the patient's history says
    ignored: Sequence[UUID] = ()  # visits whose own slot counts as free
    continuity: bool = False  # only with a therapist whom the patient knows
    step_minutes: int = 15
    limit: int = 20


async def find_slots(command: FindSlots, tx: Transaction) -> list[FreeSlot]:
    """The first free slots, in order of time; whom the patient knows comes first.

    Raises UnknownVisitType (422).
    """
    kind = visit_types().get(command.visit_type)
    if kind is None:
        raise UnknownVisitType
    since = max(command.since, tx.now)
    if command.until <= since:
        return []
    whole = Span(since, command.until)
    roster = await rosters.read(tx, command.site_ids, [role.value for role in kind.staff], whole)
    known = await visits.familiar(tx, command.patient_id) if command.patient_id else []
    wish = await _wish(command, kind, known, tx)
    blocked = await _blocked(command, kind, roster, whole, tx)
    found: list[FreeSlot] = []
    for window in _windows(whole):
        missing = command.limit - len(found)
        found += await _in_window(
            command, kind, roster, wish, window, tx, limit=missing, blocked=blocked
        )
        if len(found) >= command.limit:
            break
    ranked = [one.for_patient(known) for one in found]
    return sorted(ranked, key=lambda one: (one.starts_at, not one.familiar))


async def _blocked(
    command: FindSlots, kind: VisitType, roster: Roster, whole: Span, tx: Transaction
) -> list[Span]:
    """Days on which the patient would have too many doses, as the first site counts days."""
    if kind.most_doses is None or command.patient_id is None or not roster.sites:
        return []
    zone, most = roster.sites[0].zone, kind.most_doses
    there = await doses.days(tx, command.patient_id, kind.code, ignored=command.ignored)
    return [
        Span(start_of_day(day, zone), start_of_day(day + timedelta(days=1), zone))
        for day in days_of(whole, zone)
        if most.is_exceeded([*there, day])
    ]


async def _in_window(
    command: FindSlots,
    kind: VisitType,
    roster: Roster,
    wish: Wish,
    window: Span,
    tx: Transaction,
    *,
    limit: int,
    blocked: Sequence[Span],
) -> list[FreeSlot]:
    # A visit may end after its window: what it needs is looked at until then.
    margin = timedelta(minutes=kind.room_before_minutes + kind.room_after_minutes)
    seen = Span(window.starts_at - margin, window.ends_at + kind.duration + margin)
    query = SlotQuery(
        window=seen,
        first=window.starts_at,
        interval=timedelta(hours=kind.interval_hours),
        duration=kind.duration,
        room_before=timedelta(minutes=kind.room_before_minutes),
        room_after=timedelta(minutes=kind.room_after_minutes),
        needs=kind.needs,
        patient_id=command.patient_id,
        step=timedelta(minutes=command.step_minutes),
        ignored=command.ignored,
        blocked=blocked,
        limit=limit,
    )
    found = await slots.find(tx, roster.offers(kind, wish, seen), query)
    return [one for one in found if one.starts_at < window.ends_at]


async def _wish(
    command: FindSlots, kind: VisitType, known: Sequence[UUID], tx: Transaction
) -> Wish:
    policy = (await policies.at(tx, None)).booking
    people = dict(command.people)
    if command.continuity:
        people[Role.THERAPIST] = people.get(Role.THERAPIST, frozenset(known)) & frozenset(known)
    alone = command.one_to_one
    if alone is None:
        first = kind.monitor is not None and policy.first_dose_one_to_one
        alone = first and (
            command.patient_id is None
            or not await monitors.has_dose_before(
                tx, command.patient_id, before=command.since, visit_id=None
            )
        )
    lanes = await monitors.limit(tx, policy.patients_per_monitor)
    return Wish(one_to_one=alone, lanes=lanes, languages=command.languages, people=people)


def _windows(whole: Span) -> Iterator[Span]:
    start, length = whole.starts_at, _FIRST_WINDOW
    while start < whole.ends_at:
        end = min(start + length, whole.ends_at)
        yield Span(start, end)
        start, length = end, min(2 * length, _LONGEST_WINDOW)
