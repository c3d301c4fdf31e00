"""The feed: the records of all cases, shuffled together as on a bus, each case in its order."""

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from kairos_events.topics import topics

from kairos_partner_kit.case import Case
from kairos_partner_kit.cases import all_cases
from kairos_partner_kit.records import FeedRecord
from kairos_partner_kit.story import Event

SEED = 20260305


@dataclass(frozen=True, slots=True)
class Feed:
    """All records in the order in which they arrive, and which of them each case means."""

    records: Sequence[FeedRecord]
    cases: Sequence[tuple[Case, Sequence[int]]]
    """Each case with the numbers of its records."""


def feed_for(reads: Sequence[Event], seed: int = SEED) -> Feed:
    """Make the feed for a consumer of these events: the same for the same seed and release."""
    chance = Random(seed)  # noqa: S311 - repeatable, not secret
    cases = all_cases(reads, chance)
    numbers: list[list[int]] = [[] for _ in cases]
    records: list[FeedRecord] = []
    offsets: Counter[tuple[str, int]] = Counter()
    for which in _turns(cases, chance):
        draft = cases[which].records[len(numbers[which])]
        partition = _partition(draft.topic, draft.key)
        numbers[which].append(len(records) + 1)
        records.append(
            FeedRecord(
                number=len(records) + 1,
                topic=draft.topic,
                partition=partition,
                offset=offsets[draft.topic, partition],
                key=draft.key,
                headers=draft.headers,
                value=draft.value,
            )
        )
        offsets[draft.topic, partition] += 1
    return Feed(records, list(zip(cases, numbers, strict=True)))


def _turns(cases: Sequence[Case], chance: Random) -> Iterator[int]:
    """Whose record is next, over and over until all are told."""
    turns = [which for which, case in enumerate(cases) for _ in case.records]
    chance.shuffle(turns)
    yield from turns


def _partition(topic: str, key: str | None) -> int:
    """A partition that all records of a key share. Kafka's own choice is another one."""
    return 0 if key is None else zlib.crc32(key.encode()) % topics()[topic].partitions
