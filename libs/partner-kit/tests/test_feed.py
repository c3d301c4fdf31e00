"""The feed is a bus in miniature: real envelopes, every case in its order, the same each time."""

from kairos_events.envelope import decode
from kairos_events.heartbeat import is_heartbeat
from kairos_events.registry import events
from kairos_events.topics import topics
from kairos_events.wire_text import EnvelopeError
from kairos_partner_kit.cases import readable
from kairos_partner_kit.feed import feed_for
from kairos_partner_kit.records import FeedRecord, record_from

ALL = readable([])
FEED = feed_for(ALL)


def is_readable(record: FeedRecord) -> bool:
    headers = [(name, text.encode()) for name, text in record.headers.items()]
    if is_heartbeat(headers):
        return True
    try:
        decode((record.key or "").encode(), record.value.encode(), headers)
    except EnvelopeError:
        return False
    return True


def test_the_feed_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    assert feed_for(ALL) == FEED
    assert [one.line() for one in feed_for(ALL, 7).records] != [one.line() for one in FEED.records]


def test_every_topic_has_every_case() -> None:
    topic_names = {event.topic for event in ALL}
    assert topic_names == {name for name in topics() if any(e.topic == name for e in ALL)}
    by_topic = {
        name: {case.name.split()[0] for case, _ in FEED.cases if case.name.endswith(name)}
        for name in topic_names
    }

    assert all(
        {"in_order", "duplicate", "late", "gap", "unknown_version"} <= cases
        for cases in by_topic.values()
    )


def test_the_records_of_a_case_keep_their_order_among_those_of_others() -> None:
    mixed = 0
    for _, numbers in FEED.cases:
        assert list(numbers) == sorted(numbers)
        mixed += list(numbers) != list(range(numbers[0], numbers[0] + len(numbers)))
    assert mixed > len(FEED.cases) / 2


def test_a_key_has_one_partition_and_offsets_grow_without_a_hole() -> None:
    places: dict[tuple[str, int], list[int]] = {}
    partitions: dict[tuple[str, str], set[int]] = {}
    for record in FEED.records:
        places.setdefault((record.topic, record.partition), []).append(record.offset)
        if record.key is not None:
            partitions.setdefault((record.topic, record.key), set()).add(record.partition)

    assert all(offsets == list(range(len(offsets))) for offsets in places.values())
    assert all(len(found) == 1 for found in partitions.values())


def test_only_the_records_without_id_are_no_envelopes() -> None:
    odd = {record.number for record in FEED.records if not is_readable(record)}
    meant = {numbers[1] for case, numbers in FEED.cases if case.name.startswith("without_id")}

    assert odd == meant


def test_a_line_is_read_as_it_was_written() -> None:
    for record in FEED.records:
        assert record_from(record.line()) == record


def test_a_feed_tells_only_of_what_is_read() -> None:
    feed = feed_for(readable(["dosing.dose_administered.v1"]))

    told = {record.headers["ce_type"] for record in feed.records} & events().keys()
    assert told == {"dosing.dose_administered.v1"}
