"""Sites and rooms on the wire."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import StateCode, ZoneName
from pydantic import Field, StringConstraints

from scheduling.domain.site import Room, Site

Name = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]


class SiteBody(Body):
    """A clinic location."""

    name: Name
    zone: ZoneName = Field(description="IANA time zone, e.g. America/Denver")
    state: StateCode


class SiteView(Answer):
    """A clinic location."""

    id: UUID
    name: str
    zone: str
    state: str

    @classmethod
    def of(cls, site: Site) -> "SiteView":
        """The view of a site."""
        return cls(id=site.id, name=site.name, zone=site.zone, state=site.state)


class SitePage(Answer):
    """Sites in the order they were added."""

    items: list[SiteView]
    next_cursor: str | None


class RoomBody(Body):
    """A room that visits can be booked into."""

    name: Name


class RoomView(Answer):
    """A room at a site."""

    id: UUID
    site_id: UUID
    name: str

    @classmethod
    def of(cls, room: Room) -> "RoomView":
        """The view of a room."""
        return cls(id=room.id, site_id=room.site_id, name=room.name)


class RoomPage(Answer):
    """Rooms in the order they were added."""

    items: list[RoomView]
    next_cursor: str | None
