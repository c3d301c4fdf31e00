"""A safe consumer passes; each careless one fails, in the case that its carelessness is about."""

from collections.abc import Callable, Iterator, Sequence

import pytest
from kairos_events.envelope import Envelope
from kairos_events.registry import events
from kairos_partner_kit.answers import Answer
from kairos_partner_kit.cases import readable
from kairos_partner_kit.example import Consumer, Position
from kairos_partner_kit.feed import Feed, feed_for
from kairos_partner_kit.records import FeedRecord
from kairos_partner_kit.verdict import Verdict, judge

READS = ["dosing.session_aborted.v1", "dosing.session_aborted.v2", "dosing.dose_administered.v1"]
SEEDS = [1, 2, 3]


def answers_of(consumer: Consumer, feed: Feed) -> list[Answer]:
    return [answer for record in feed.records for answer in consumer.take(record)]


def verdict_on(make: Callable[[list[str]], Consumer], reads: list[str], seed: int) -> Verdict:
    feed = feed_for(readable(reads), seed)
    return judge(feed, answers_of(make(reads), feed))


def failed(verdict: Verdict) -> set[str]:
    return {one.case.split()[0] for one in verdict.findings if not one.passed}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "reads", [READS, READS[:1], READS[1:2], list(events())], ids=["some", "old", "new", "all"]
)
def test_a_safe_consumer_is_conformant(reads: list[str], seed: int) -> None:
    verdict = verdict_on(Consumer, reads, seed)

    assert failed(verdict) == set()
    assert verdict.passed


@pytest.mark.parametrize("reads", [[name] for name in events()], ids=list(events()))
def test_a_safe_consumer_of_any_one_event_is_conformant(reads: list[str]) -> None:
    assert verdict_on(Consumer, reads, 1).passed


class TakesEachRecordAsNew(Consumer):
    def take(self, record: FeedRecord) -> Iterator[Answer]:
        self._positions.clear()
        for answer in super().take(record):
            yield Answer(answer.record, "applied" if answer.did == "kept" else answer.did)


class DoesNotWait(Consumer):
    def take(self, record: FeedRecord) -> Iterator[Answer]:
        sequence = int(record.headers.get("ce_sequence", "0"))
        position = self._positions.setdefault((record.topic, record.key or ""), Position())
        if sequence > position.last + 1 and not position.stopped:
            position.last = sequence - 1
        yield from super().take(record)


class DropsWhatItCannotRead(Consumer):
    def _keep(self, record: FeedRecord, position: Position) -> Iterator[Answer]:
        position.last += 1
        yield Answer(record.number, "passed")


class GoesOnBehindWhatItCannotRead(Consumer):
    def _keep(self, record: FeedRecord, position: Position) -> Iterator[Answer]:
        position.last += 1
        yield Answer(record.number, "kept")


class ForgetsWhatWaits(Consumer):
    def take(self, record: FeedRecord) -> Iterator[Answer]:
        for position in self._positions.values():
            position.waiting.clear()
        yield from super().take(record)


class CountsBothVersions(Consumer):
    def _is_ours(self, envelope: Envelope) -> bool:
        return envelope.type.rpartition(".")[0] in self._names


class StopsAtWhatIsNew(Consumer):
    def _is_ours(self, envelope: Envelope) -> bool:
        return super()._is_ours(envelope) or envelope.type not in events()


class StopsAtEachVersionItCannotRead(Consumer):
    def _is_ours(self, envelope: Envelope) -> bool:
        return envelope.type.rpartition(".")[0] in self._names


class WantsNoMoreFields(Consumer):
    def _can_read(self, envelope: Envelope) -> bool:
        return super()._can_read(envelope) and b"added_in_a_later_release" not in envelope.data


class LosesNewCodes(Consumer):
    def _is_ours(self, envelope: Envelope) -> bool:
        return super()._is_ours(envelope) and b"new_in_a_later_release" not in envelope.data


class MakesUpIds(Consumer):
    def take(self, record: FeedRecord) -> Iterator[Answer]:
        if record.key is not None and "ce_id" not in record.headers:
            yield Answer(record.number, "applied")
            self._positions[record.topic, record.key].last += 1
            return
        yield from super().take(record)


class TakesHeartbeatsForFacts(Consumer):
    def take(self, record: FeedRecord) -> Iterator[Answer]:
        if record.key is None:
            yield Answer(record.number, "applied")
            return
        yield from super().take(record)


class SaysNothing(Consumer):
    def take(self, record: FeedRecord) -> Iterator[Answer]:
        yield from ()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("careless", "cases"),
    [
        (TakesEachRecordAsNew, {"duplicate", "late_replay", "late", "gap"}),
        (DoesNotWait, {"late", "gap"}),
        (DropsWhatItCannotRead, {"unknown_version", "unreadable", "without_id"}),
        (GoesOnBehindWhatItCannotRead, {"unknown_version", "unreadable", "without_id"}),
        (ForgetsWhatWaits, {"late"}),
        (CountsBothVersions, {"told_in_two_versions"}),
        (StopsAtWhatIsNew, {"unknown_event"}),
        (StopsAtEachVersionItCannotRead, {"unknown_version_beside"}),
        (WantsNoMoreFields, {"added_field"}),
        (LosesNewCodes, {"new_code"}),
        (MakesUpIds, {"without_id"}),
        (TakesHeartbeatsForFacts, {"heartbeats"}),
        (SaysNothing, {"in_order", "duplicate", "gap"}),
    ],
)
def test_a_careless_consumer_fails_where_it_is_careless(
    careless: type[Consumer], cases: set[str], seed: int
) -> None:
    verdict = verdict_on(careless, READS, seed)

    assert not verdict.passed
    assert cases <= failed(verdict)


def test_the_verdict_says_what_was_done_wrong() -> None:
    [finding, *_] = [
        one
        for one in verdict_on(DoesNotWait, READS[2:], 1).findings
        if one.case == "late dosing.events"
    ]

    assert finding.promise == "What is missing is waited for, then all goes on in order."
    assert any("(sequence 2) was not applied" in fault for fault in finding.faults)


def test_a_new_code_may_wait_for_a_person() -> None:
    class Careful(Consumer):
        def _can_read(self, envelope: Envelope) -> bool:
            return super()._can_read(envelope) and b"new_in_a_later" not in envelope.data

    assert verdict_on(Careful, READS[2:], 1).passed


def test_an_answer_about_a_record_that_was_never_sent_is_a_fault() -> None:
    feed = feed_for(readable(READS), 1)
    answers: Sequence[Answer] = [*answers_of(Consumer(READS), feed), Answer(100_000, "passed")]

    verdict = judge(feed, answers)

    assert verdict.faults == ["record 100000 is not in the feed"]
    assert not verdict.passed
