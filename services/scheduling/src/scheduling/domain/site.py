"""Where care takes place: a site's zone says its day, its state which licences count."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from scheduling.domain.errors import UnknownZone


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def check_zone(name: str) -> str:
    """The name of an IANA time zone. Raises UnknownZone."""
    if name not in _zones():
        raise UnknownZone
    return name


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A clinic location."""

    id: UUID
    name: str
    zone: str  # IANA name
    state: str  # USPS two-letter code

    def local_day(self, instant: datetime) -> date:
        """The calendar day at the site at that instant, in summer and in winter time."""
        return instant.astimezone(ZoneInfo(self.zone)).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room at a site."""

    id: UUID
    site_id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """A piece of equipment at a site that visits can need."""

    id: UUID
    site_id: UUID
    kind: str  # a code, e.g. infusion_pump
    name: str
