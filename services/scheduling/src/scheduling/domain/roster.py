"""Who and what could take part in a kind of visit, and when they are there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from uuid import UUID

from scheduling.domain.opening import Closure, Span, WeeklyHours, opened, subtract
from scheduling.domain.practitioner import Practitioner, Role
from scheduling.domain.site import Equipment, Room, Site
from scheduling.domain.visit_type import LEAD, VisitType


@dataclass(frozen=True, slots=True)
class Offer:
    """A resource that is there for a while, for one need of a visit, at a site.

    `lane` 0 wants all of it; another number wants that lane of a monitor.
    """

    site_id: UUID
    need: str  # room, a role, the emergency lead, or the kind of equipment
    kind: str  # room, practitioner or equipment
    id: UUID
    lane: int
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a search is for, beside the kind of visit."""

    one_to_one: bool
    lanes: int  # patients a monitor may watch
    languages: frozenset[str] = frozenset()  # the therapist speaks one of them
    people: Mapping[Role, frozenset[UUID]] = field(default_factory=dict)  # only these, by role


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Sites with what belongs to them, as far as a search looks."""

    sites: Sequence[Site]
    rooms: Sequence[Room]
    equipment: Sequence[Equipment]
    people: Sequence[Practitioner]
    hours: Sequence[WeeklyHours]
    closures: Sequence[Closure]

    def offers(self, kind: VisitType, wish: Wish, window: Span) -> Iterator[Offer]:
        """Everybody and everything that fits a need within a window, when it is open.

        A site or a practitioner without hours on record offers nothing: a search must not guess.
        """
        for site in self.sites:
            closed = self._closed(site.id)
            rules = [one for one in self.hours if one.site_id == site.id]
            own = [one for one in rules if one.practitioner_id is None]
            times = opened(own, window, site.zone, closed)
            if times:
                yield from self._things(kind, site, times)
                yield from self._team(kind, wish, site, rules, times)

    def _things(self, kind: VisitType, site: Site, times: Sequence[Span]) -> Iterator[Offer]:
        if kind.room_required:
            for room in self.rooms:
                if room.site_id == site.id:
                    yield from self._thing(site.id, "room", "room", room.id, times)
        for piece in self.equipment:
            if piece.site_id == site.id and piece.kind in kind.equipment:
                yield from self._thing(site.id, piece.kind, "equipment", piece.id, times)

    def _thing(
        self, site_id: UUID, need: str, kind: str, thing: UUID, times: Sequence[Span]
    ) -> Iterator[Offer]:
        for one in subtract(times, self._closed(thing)):
            yield Offer(site_id, need, kind, thing, 0, one)

    def _team(
        self,
        kind: VisitType,
        wish: Wish,
        site: Site,
        rules: Sequence[WeeklyHours],
        times: Sequence[Span],
    ) -> Iterator[Offer]:
        for person in self.people:
            theirs = [one for one in rules if one.practitioner_id == person.id]
            if not theirs:
                continue
            window = Span(times[0].starts_at, times[-1].ends_at)
            there = opened(theirs, window, site.zone, self._closed(person.id))
            for role in kind.staff:
                if not _may(person, role, wish):
                    continue
                for span in _both(there, times):
                    day = site.local_day(span.starts_at)
                    if not kind.is_qualified(person, role, state=site.state, on=day):
                        continue
                    needs = [role.value]
                    if kind.emergency_lead and kind.leads(person, state=site.state, on=day):
                        needs.append(LEAD)
                    for need, lane in product(needs, _lanes(kind, role, wish)):
                        yield Offer(site.id, need, "practitioner", person.id, lane, span)

    def _closed(self, resource_id: UUID) -> list[Span]:
        return [one.span for one in self.closures if one.resource_id == resource_id]


def _may(person: Practitioner, role: Role, wish: Wish) -> bool:
    if role not in person.roles:
        return False
    chosen = wish.people.get(role)
    if chosen is not None and person.id not in chosen:
        return False
    asked = role is Role.THERAPIST and wish.languages
    return not asked or not wish.languages.isdisjoint(person.languages)


def _lanes(kind: VisitType, role: Role, wish: Wish) -> Sequence[int]:
    shared = role is kind.monitor and not wish.one_to_one
    return range(1, wish.lanes + 1) if shared else (0,)


def _both(left: Sequence[Span], right: Sequence[Span]) -> Iterator[Span]:
    for one in left:
        for other in right:
            start = max(one.starts_at, other.starts_at)
            end = min(one.ends_at, other.ends_at)
            if start < end:
                yield Span(start, end)
