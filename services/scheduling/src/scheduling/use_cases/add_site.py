"""Add a clinic location."""

from dataclasses import dataclass

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from scheduling.data.states import us_states
from scheduling.domain.errors import UnknownState
from scheduling.domain.site import Site, check_zone
from scheduling.store import sites


@dataclass(frozen=True, slots=True, kw_only=True)
class AddSite:
    """A place where the network gives care."""

    name: str
    zone: str  # IANA name
    state: str  # USPS two-letter code


async def add_site(command: AddSite, tx: Transaction) -> Site:
    """Keep the site. Raises UnknownZone, UnknownState (422)."""
    if command.state not in us_states():
        raise UnknownState
    zone = check_zone(command.zone)
    added = Site(id=uuid7(), name=command.name, zone=zone, state=command.state)
    sites.add(tx, added)
    return added
