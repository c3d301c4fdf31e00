"""What a bus can do to a key, on any topic. Each trap's docstring is the promise it is about."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from kairos_events.heartbeat import Heartbeat, encode_heartbeat
from kairos_events.wire_types import with_major

from kairos_partner_kit.case import Outcome, applying
from kairos_partner_kit.records import Draft
from kairos_partner_kit.story import BEGIN, Event, Story, draft, with_data, with_headers

Arrives = tuple[Sequence[Draft], Outcome]
Trap = Callable[[Story, Event], Arrives]

_FAR_VERSION = 9
_UNHEARD_OF = "unheard_of_in_this_release.v1"


def in_order(story: Story, _event: Event) -> Arrives:
    """Facts of a key are applied in their order."""
    return [story.fact() for _ in range(4)], applying(0, 1, 2, 3)


def duplicate(story: Story, _event: Event) -> Arrives:
    """A record that comes again has no second effect."""
    one, two, three = (story.fact() for _ in range(3))
    return [one, _again(one), two, three, _again(two)], applying(0, 2, 3)


def late_replay(story: Story, _event: Event) -> Arrives:
    """A bus that was rebuilt tells all again: nothing happens twice, and what is new goes on."""
    told = [story.fact() for _ in range(3)]
    return [*told, *map(_again, told), story.fact()], applying(0, 1, 2, 6)


def late(story: Story, _event: Event) -> Arrives:
    """What is missing is waited for, then all goes on in order."""
    one, two, three, four = (story.fact() for _ in range(4))
    return [one, three, four, two], applying(0, 3, 1, 2)


def gap(story: Story, _event: Event) -> Arrives:
    """What follows a missing fact is kept, never applied."""
    one, _, three, four = (story.fact() for _ in range(4))
    return [one, three, four], applying(0, keeping=[1, 2])


def unknown_version(story: Story, event: Event) -> Arrives:
    """A version that cannot be read is kept, and what follows it waits."""
    one, two, three = (story.fact(event) for _ in range(3))
    far = with_headers(two, ce_type=with_major(event.type, _FAR_VERSION))
    return [one, far, three], applying(0, keeping=[1])


def unknown_version_beside(story: Story, event: Event) -> Arrives:
    """A version that cannot be read is passed over when the fact is told in one that can."""
    far_type = with_major(event.type, _FAR_VERSION)
    one, two, three, four = (story.fact(event) for _ in range(4))
    far = with_headers(two, ce_type=far_type, ce_beside=event.type)
    return [one, far, with_headers(three, ce_beside=far_type), four], applying(0, 2, 3)


def unknown_event(story: Story, event: Event) -> Arrives:
    """A kind of event that is new is none of the reader's business; its sequence counts."""
    one, two, three = (story.fact(event) for _ in range(3))
    new = with_headers(two, ce_type=f"{event.type.partition('.')[0]}.{_UNHEARD_OF}")
    return [one, new, three], applying(0, 2)


def added_field(story: Story, event: Event) -> Arrives:
    """A field that is not known does not hinder."""
    more = with_data(story.fact(event), lambda data: {**data, "added_in_a_later_release": 1})
    schema = more.headers["ce_dataschema"].rpartition(":")[0]
    later = with_headers(more, ce_dataschema=f"{schema}:{'f' * 16}")
    return [later, story.fact(event)], applying(0, 1)


def unreadable(story: Story, event: Event) -> Arrives:
    """Data that is no JSON is kept, and what follows waits."""
    one, two, three = (story.fact(event) for _ in range(3))
    return [one, replace(two, value='{"broken'), three], applying(0, keeping=[1])


def without_id(story: Story, event: Event) -> Arrives:
    """A record without an id is kept: no id is made up for it."""
    one, two, three = (story.fact(event) for _ in range(3))
    return [one, with_headers(two, ce_id=None), three], applying(0, keeping=[1])


def heartbeats(story: Story, event: Event) -> Arrives:
    """Heartbeats between facts are no facts."""
    pulse = Heartbeat(id=story.new_id(), source=event.source, time=BEGIN)
    beat = draft(event.topic, encode_heartbeat(pulse), "a heartbeat")
    return [beat, story.fact(), beat, story.fact(), beat], applying(1, 3)


def _again(one: Draft) -> Draft:
    return replace(one, what=f"{one.what}, again")


TRAPS: Sequence[Trap] = (
    *(in_order, duplicate, late_replay, late, gap),
    *(unknown_version, unknown_version_beside, unknown_event, added_field),
    *(unreadable, without_id, heartbeats),
)
