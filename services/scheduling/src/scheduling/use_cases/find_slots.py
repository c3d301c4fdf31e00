"""Find free slots: for a patient, a team, a room and equipment together, across sites."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from kairos_chassis.db import Transaction

from scheduling.data import booking_policy, visit_types
from scheduling.domain.errors import UnknownVisitType
from scheduling.domain.opening import Span
from scheduling.domain.practitioner import Role
from scheduling.domain.roster import Roster, Wish
from scheduling.domain.visit_type import VisitType
from scheduling.store import monitors, rosters, slots
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
    step_minutes: int = 15
    limit: int = 20


async def find_slots(command: FindSlots, tx: Transaction) -> list[FreeSlot]:
    """The first free slots, in order of time. Raises UnknownVisitType (422)."""
    kind = visit_types().get(command.visit_type)
    if kind is None:
        raise UnknownVisitType
    since = max(command.since, tx.now)
    if command.until <= since:
        return []
    whole = Span(since, command.until)
    roster = await rosters.read(tx, command.site_ids, [role.value for role in kind.staff], whole)
    wish = await _wish(command, kind, tx)
    found: list[FreeSlot] = []
    for window in _windows(whole):
        missing = command.limit - len(found)
        found += await _in_window(command, kind, roster, wish, window, tx, missing)
        if len(found) >= command.limit:
            break
    return found


async def _in_window(
    command: FindSlots,
    kind: VisitType,
    roster: Roster,
    wish: Wish,
    window: Span,
    tx: Transaction,
    limit: int,
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
        needs=len(kind.staff) + len(kind.equipment) + int(kind.room_required),
        patient_id=command.patient_id,
        step=timedelta(minutes=command.step_minutes),
        ignored=command.ignored,
        limit=limit,
    )
    found = await slots.find(tx, roster.offers(kind, wish, seen), query)
    return [one for one in found if one.starts_at < window.ends_at]


async def _wish(command: FindSlots, kind: VisitType, tx: Transaction) -> Wish:
    policy = booking_policy()
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
    return Wish(one_to_one=alone, lanes=lanes, languages=command.languages, people=command.people)


def _windows(whole: Span) -> Iterator[Span]:
    start, length = whole.starts_at, _FIRST_WINDOW
    while start < whole.ends_at:
        end = min(start + length, whole.ends_at)
        yield Span(start, end)
        start, length = end, min(2 * length, _LONGEST_WINDOW)
