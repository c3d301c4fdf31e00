"""Live streams of a session and of a site's floor."""

import json
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from kairos_chassis.errors import Kind, Refusal
from kairos_chassis.http.route import Routes
from kairos_chassis.http.streams import Event, Source, Stream
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing.http import policies
from dosing.http.call import DosingCall
from dosing.store import feed, sessions

routes = Routes("streams")
RESUMED_WITHIN = timedelta(hours=12)  # how far back a site's stream goes on: one shift


@routes.stream("/v1/streams", policy=policies.READ_SESSION)
async def get_stream(
    call: DosingCall, session_id: UUID | None = None, site_id: UUID | None = None
) -> Stream:
    """Follow one session, or everything on a site's floor. Resume with Last-Event-ID."""
    if (session_id is None) is (site_id is None):
        message = "Name a session or a site, one of the two."
        raise Refusal("stream_unclear", Kind.INVALID, message)
    async with call.transaction() as tx:
        if session_id is not None:
            session = await sessions.find(tx, session_id)
            admit_site(call.caller, session.site_id)
        if site_id is not None:
            admit_site(call.caller, site_id)
            tx.under_way = True  # the floor, now: see RESUMED_WITHIN
    after = call.headers.get("last-event-id")
    if after is not None:
        _id(after)  # before the answer has begun
    return call.follow(_source(call, session_id, site_id))


def _source(call: DosingCall, session_id: UUID | None, site_id: UUID | None) -> Source:
    """Asks the database from a little before the last event, and leaves out what was sent."""
    started = feed.moment_of(uuid7())  # by the clock that ids are made by
    sent: set[UUID] = set()

    async def events(after: str | None) -> Sequence[Event]:
        moment = started if after is None else feed.moment_of(_id(after)) - feed.LOOK_BACK
        if site_id is not None:  # an old id is no way into what is over
            moment = max(moment, started - RESUMED_WITHIN)
        new: list[feed.Happened] = []
        page, last = feed.PAGE, feed.first_id_of(moment)
        async with call.deps.db.transaction(call.network_id) as tx:
            while not new and page == feed.PAGE:  # a busy floor fills a page with what was sent
                found = await feed.since(tx, last, session_id=session_id, site_id=site_id)
                new = [one for one in found if one.id not in sent and str(one.id) != after]
                page, last = len(found), found[-1].id if found else last
        sent.difference_update([one for one in sent if one < feed.first_id_of(moment)])
        sent.update(one.id for one in new)
        return [
            Event(
                id=str(one.id),
                type=one.kind,
                data=json.dumps(
                    {"session_id": str(one.session_id), "state": one.state, **one.shown}
                ).encode(),
            )
            for one in new
        ]

    return events


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refusal("event_id_unknown", Kind.INVALID, "Last-Event-ID is none of ours.") from None
