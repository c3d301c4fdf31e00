"""A consumer that keeps every promise, in memory: to read, and to hold one's own against.

`python -m kairos_partner_kit.example TYPE...` reads the feed and answers. What is in memory here
belongs in a database, in one transaction with the effect: the position of each key, what is kept.
"""

import json
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from kairos_events.envelope import Envelope, decode
from kairos_events.heartbeat import is_heartbeat
from kairos_events.wire_text import EnvelopeError
from kairos_events.wire_types import major_of

from kairos_partner_kit.answers import Answer
from kairos_partner_kit.cases import readable
from kairos_partner_kit.records import FeedRecord, record_from


@dataclass(slots=True)
class Position:
    """How far one key of one topic has come."""

    last: int = 0
    stopped: bool = False
    """Something of the key cannot be read: all that follows waits for a person or a release."""
    waiting: dict[int, tuple[FeedRecord, Envelope]] = field(default_factory=dict)


class Consumer:
    """Applies what it reads once, and in the order of its key."""

    def __init__(self, reads: Collection[str]) -> None:
        self._reads = frozenset(reads)
        self._names = frozenset(name.rpartition(".")[0] for name in reads)
        self._positions: dict[tuple[str, str], Position] = {}

    def take(self, record: FeedRecord) -> Iterator[Answer]:
        """Do with a record what is to be done, and say it."""
        headers = [(name, text.encode()) for name, text in record.headers.items()]
        if is_heartbeat(headers) or record.key is None:
            yield Answer(record.number, "passed")
            return
        position = self._positions.setdefault((record.topic, record.key), Position())
        try:
            envelope = decode(record.key.encode(), record.value.encode(), headers)
        except EnvelopeError:
            yield from self._keep(record, position)
            return
        if envelope.sequence <= position.last:
            yield Answer(record.number, "passed")
        elif position.stopped or envelope.sequence > position.last + 1:
            position.waiting[envelope.sequence] = record, envelope
            yield Answer(record.number, "kept")
        else:
            yield from self._next(record, envelope, position)

    def _next(self, record: FeedRecord, envelope: Envelope, position: Position) -> Iterator[Answer]:
        """Apply the next record of a key, then what waited for it."""
        following: tuple[FeedRecord, Envelope] | None = record, envelope
        while following is not None and not position.stopped:
            record, envelope = following
            if self._is_ours(envelope):
                if not self._can_read(envelope):
                    yield from self._keep(record, position)
                    return
                yield Answer(record.number, "applied")
            else:
                yield Answer(record.number, "passed")
            position.last = envelope.sequence
            following = position.waiting.pop(envelope.sequence + 1, None)

    def _keep(self, record: FeedRecord, position: Position) -> Iterator[Answer]:
        position.stopped = True
        yield Answer(record.number, "kept")

    def _is_ours(self, envelope: Envelope) -> bool:
        """Whether the fact is one we act on, and this its version to act on."""
        beside = envelope.beside
        if beside in self._reads:
            known = envelope.type in self._reads
            return known and major_of(envelope.type) > major_of(beside)
        return envelope.type.rpartition(".")[0] in self._names

    def _can_read(self, envelope: Envelope) -> bool:
        """Whether we know the version, and the data are a JSON object."""
        try:
            return envelope.type in self._reads and isinstance(json.loads(envelope.data), dict)
        except ValueError:
            return False


def main() -> None:
    """Answer the feed on standard input."""
    consumer = Consumer([event.type for event in readable(sys.argv[1:])])
    for line in sys.stdin:
        for answer in consumer.take(record_from(line)):
            sys.stdout.write(answer.line() + "\n")


if __name__ == "__main__":
    main()
