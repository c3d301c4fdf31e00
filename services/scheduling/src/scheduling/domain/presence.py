"""Whether a site is open and its people are there, as far as hours and closures are on record."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from scheduling.domain.change_errors import NotOpen
from scheduling.domain.opening import Closure, Span, WeeklyHours, covers, opened
from scheduling.domain.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What is known of a site's hours, of those of its people, and of what is closed."""

    hours: Sequence[WeeklyHours]
    closures: Sequence[Closure]  # of the site, rooms, equipment and people in question

    def check(self, span: Span, *, site: Site, people: Sequence[UUID]) -> None:
        """Raises NotOpen, naming what is not there.

        A site or a person without any hours on record is not restricted by them.
        """
        closed = {one.kind.value for one in self.closures if one.span.overlaps(span)}
        if not self.is_open(None, span, site):
            closed.add("site")
        if not all(self.is_open(person, span, site) for person in people):
            closed.add("practitioner")
        if closed:
            raise NotOpen(sorted(closed))

    def is_open(self, person: UUID | None, span: Span, site: Site) -> bool:
        """Whether the site (None), or somebody at it, is there by their weekly hours."""
        rules = [one for one in self.hours if one.practitioner_id == person]
        return not rules or covers(opened(rules, span, site.zone), span)
