"""Visits as an iCalendar file (RFC 5545), in UTC, so that no reader has to know our time zones."""

from collections.abc import Iterable
from datetime import datetime

from icalendar import Calendar, Event

from scheduling.domain.calendar_feed import CalendarEntry
from scheduling.domain.visit import VisitState

_STATUS = {
    VisitState.HELD: "TENTATIVE",
    VisitState.CANCELLED: "CANCELLED",
    VisitState.MISSED: "CANCELLED",
}


def written(entries: Iterable[CalendarEntry], *, at: datetime) -> bytes:
    """The file. Codes of visit types and places only: it travels to programs we do not know."""
    calendar = Calendar()
    calendar.add("prodid", "-//Kairos//scheduling//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "Kairos")
    for one in entries:
        event = Event()
        event.add("uid", f"{one.visit_id}@kairos")
        event.add("sequence", one.version)
        event.add("dtstamp", at)
        event.add("dtstart", one.starts_at)
        event.add("dtend", one.ends_at)
        what = one.visit_type.replace("_", " ").capitalize()
        event.add("summary", what if one.initials is None else f"{what} ({one.initials})")
        event.add("location", one.place)
        event.add("status", _STATUS.get(one.state, "CONFIRMED"))
        event.add("class", "PRIVATE")
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
