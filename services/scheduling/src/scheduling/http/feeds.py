"""Calendar feeds over HTTP."""

from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.http.documents import Document
from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_patient

from scheduling.domain.calendar_feed import FeedKind
from scheduling.domain.resource_errors import ResourceNotFound
from scheduling.http import policies
from scheduling.http.call import SchedulingCall
from scheduling.http.icalendar import written
from scheduling.http.schemas.feeds import FeedBody, FeedView
from scheduling.store import feeds
from scheduling.store import policies as kept
from scheduling.use_cases.open_feed import OpenFeed, open_feed
from scheduling.use_cases.revoke_feed import RevokeFeed, revoke_feed

routes = Routes("calendar feeds")


@routes.post("/v1/calendar-feeds", policy=policies.OPEN_FEED)
async def post_calendar_feed(call: SchedulingCall, body: FeedBody) -> FeedView:
    """Open a feed of a practitioner's, a room's or a patient's visits. Its address is told once."""
    if call.caller.patient_id is not None and body.kind is not FeedKind.PATIENT:
        raise ResourceNotFound
    admit_patient(call.caller, body.subject_id, ResourceNotFound())
    command = OpenFeed(
        kind=body.kind, subject_id=body.subject_id, days=body.days, by=call.caller.subject
    )
    async with call.transaction() as tx:
        feed, token = await open_feed(command, tx)
        return call.answer(FeedView.of(feed, token=token))


@routes.post("/v1/calendar-feeds/{feed_id}/revocation", policy=policies.OPEN_FEED, status=200)
async def post_feed_revocation(call: SchedulingCall, feed_id: UUID) -> FeedView:
    """Close a feed for good."""
    async with call.transaction() as tx:
        seen = await feeds.find(tx, feed_id)
        admit_patient(call.caller, seen.subject_id, ResourceNotFound())
        return call.answer(FeedView.of(await revoke_feed(RevokeFeed(feed_id=feed_id), tx)))


@routes.document(
    "/v1/calendars/{capability}",
    policy=policies.READ_FEED,
    media_type="text/calendar",
    capability_in_path=True,
)
async def get_calendar(call: SchedulingCall) -> Document:
    """The visits of a feed, without anything about patients but the initials that policy wants."""
    async with call.transaction() as tx:
        feed = await feeds.find(tx, call.caller.subject)
        if feed.kind is FeedKind.PATIENT:
            tx.about(feed.subject_id)
        shown = feed.kind is not FeedKind.PATIENT and (await kept.at(tx, None)).feed_initials
        content = written(await feeds.entries(tx, feed, initials=shown), at=tx.now)
        return call.document(content, filename="visits.ics")


async def holder_of(tx: Transaction, digest: bytes) -> Caller | None:
    """Who a feed's address stands for: nobody who could do anything but read this feed.

    It carries the role of a patient, bound to one who is none but the feed itself: whatever else a
    patient's token reaches, this one finds nothing there.
    """
    feed = await feeds.by_digest(tx, digest)
    if feed is None or not feed.is_open(at=tx.now):
        return None
    return Caller(
        subject=feed.id,
        network_id=tx.network,
        roles=frozenset({"patient"}),
        sites=frozenset(),
        expires_at=feed.expires_at,
        patient_id=feed.id,
    )
