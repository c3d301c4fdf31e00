"""Gather what the solver needs to place a course: free slots for every step."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from kairos_chassis.db import Transaction

from scheduling.data import protocols, visit_types
from scheduling.domain.course import Candidate, Problem, Protocol
from scheduling.domain.course_plan import PatientWishes
from scheduling.domain.local_time import local_of, start_of_day
from scheduling.domain.opening import Span
from scheduling.domain.plan_errors import UnknownProtocol
from scheduling.domain.site import Site
from scheduling.store import sites
from scheduling.store.slots import FreeSlot
from scheduling.use_cases.find_slots import FindSlots, find_slots

SLACK_DAYS = 4  # how much later than asked a course may begin
_STEP_MINUTES = 60
_THERAPISTS = 3  # considered per course: the wished one and those most often free
_PER_DAY = 8  # candidates of a step on a day
_SLOTS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareCourse:
    """A course for a patient, from a day on, at some sites."""

    patient_id: UUID
    protocol: str
    starts_on: date
    site_ids: Sequence[UUID]
    step_sites: Mapping[str, UUID] = field(default_factory=dict)  # steps that have their own
    wishes: PatientWishes = field(default_factory=PatientWishes)
    ignored: Sequence[UUID] = ()  # visits whose own slot counts as free


async def prepare_course(command: PrepareCourse, tx: Transaction) -> Problem:
    """Free slots by step, thinned out to what is worth considering.

    Raises UnknownProtocol (422), SiteNotFound (404).
    """
    protocol = protocols().get(command.protocol)
    if protocol is None:
        raise UnknownProtocol
    wanted = [*command.site_ids, *command.step_sites.values()]
    places = {one: await sites.find(tx, one) for one in dict.fromkeys(wanted)}
    windows = protocol.day_windows(SLACK_DAYS)
    found = {
        visit_type: await _slots(command, visit_type, protocol, windows, places, tx)
        for visit_type in dict.fromkeys(step.visit_type for step in protocol.steps)
    }
    leads = _leads(command, found)
    candidates = {}
    for step in protocol.steps:
        own = command.step_sites.get(step.code)
        at = {own} if own is not None else set(command.site_ids)
        low, high = (command.starts_on + timedelta(days=n) for n in windows[step.code])
        slots = [one for one in found[step.visit_type] if one.site_id in at]
        every = _candidates(command, step.visit_type, slots, places, leads)
        candidates[step.code] = _thin(
            [one for one in every if low <= one.local_on <= high], command
        )
    wished = command.wishes.preferred_time
    return Problem(
        protocol=protocol,
        candidates=candidates,
        minutes={
            step.code: visit_types()[step.visit_type].duration_minutes for step in protocol.steps
        },
        preferred_minute=None if wished is None else wished.hour * 60 + wished.minute,
        preferred_therapist=command.wishes.therapist,
    )


async def _slots(
    command: PrepareCourse,
    visit_type: str,
    protocol: Protocol,
    windows: Mapping[str, tuple[int, int]],
    places: Mapping[UUID, Site],
    tx: Transaction,
) -> list[FreeSlot]:
    days = [windows[step.code] for step in protocol.steps if step.visit_type == visit_type]
    zone = next(iter(places.values())).zone
    first = command.starts_on + timedelta(days=min(low for low, _ in days))
    last = command.starts_on + timedelta(days=max(high for _, high in days) + 1)
    asked = FindSlots(
        visit_type=visit_type,
        since=start_of_day(first, zone),
        until=start_of_day(last, zone),
        patient_id=command.patient_id,
        site_ids=list(places),
        ignored=command.ignored,
        step_minutes=_STEP_MINUTES,
        limit=_SLOTS,
    )
    return await find_slots(asked, tx)


def _leads(command: PrepareCourse, found: Mapping[str, list[FreeSlot]]) -> list[UUID]:
    """The therapists to consider: the wished one, then those most often free for what there is."""
    free = Counter(
        who for slots in found.values() for one in slots for who in one.choices["therapist"]
    )
    ranked = sorted(free, key=lambda who: (who != command.wishes.therapist, -free[who], who))
    return ranked[:_THERAPISTS]


def _candidates(
    command: PrepareCourse,
    visit_type: str,
    slots: Sequence[FreeSlot],
    places: Mapping[UUID, Site],
    leads: Sequence[UUID],
) -> list[Candidate]:
    duration = visit_types()[visit_type].duration
    made = []
    for slot in slots:
        local = local_of(slot.starts_at, places[slot.site_id].zone)
        span = Span(slot.starts_at, slot.starts_at + duration)
        free = slot.choices["therapist"]
        for who in [one for one in leads if one in free] or free[:1]:
            made.append(
                Candidate(
                    starts_at=slot.starts_at,
                    local_on=local.date(),
                    local_minute=local.hour * 60 + local.minute,
                    site_id=slot.site_id,
                    therapist=who,
                    suits_patient=command.wishes.suit(span, local),
                    team=slot.choices,
                )
            )
    return made


def _thin(candidates: list[Candidate], command: PrepareCourse) -> list[Candidate]:
    """A few for each day: what suits the patient, is near the wished time and with the first."""
    wished = command.wishes.preferred_time
    middle = 10 * 60 if wished is None else wished.hour * 60 + wished.minute
    order = {site: n for n, site in enumerate(command.site_ids)}

    def rank(one: Candidate) -> tuple[bool, bool, int, int]:
        preferred = one.therapist == command.wishes.therapist
        near = abs(one.local_minute - middle)
        return (not one.suits_patient, not preferred, near, order.get(one.site_id, 0))

    kept: list[Candidate] = []
    seen: Counter[date] = Counter()
    for one in sorted(candidates, key=rank):
        if seen[one.local_on] < _PER_DAY:
            seen[one.local_on] += 1
            kept.append(one)
    return kept
