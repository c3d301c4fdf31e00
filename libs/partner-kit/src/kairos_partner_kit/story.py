"""Facts about one key, as its service would publish them: in order, each with the next sequence."""

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from kairos_events.contract_files import packaged
from kairos_events.envelope import Record, encode
from kairos_events.model import PublicEvent
from kairos_events.publishing import envelope_of

from kairos_partner_kit.records import Draft

Event = type[PublicEvent]

BEGIN = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
_VERSION_7 = (0x7 << 76) | (0x2 << 62)
_FREE_BITS = (1 << 48) - 1 << 80 | 0xFFF << 64 | (1 << 62) - 1


class Story:
    """What is told of one key on one topic."""

    def __init__(self, events: Sequence[Event], chance: Random) -> None:
        """Facts are of these events in turn, all of one topic, with the data of their samples."""
        self._events = itertools.cycle(events)
        self._chance = chance
        self.key = made_up_id(chance)
        self.network = made_up_id(chance)
        self._sequence = 0

    def fact(self, event: Event | None = None, **data: Any) -> Draft:
        """The next fact in one version, as if there were no other; some of its data changed."""
        one = event or next(self._events)
        return with_headers(self._draft(self._made(one, data)), ce_beside=None)

    def told(self, event: Event) -> list[Draft]:
        """The next fact, in every version that it is published in, as they follow on the bus."""
        return [self._draft(one) for one in self._made(event, {}).records()]

    def new_id(self) -> UUID:
        """Another id."""
        return made_up_id(self._chance)

    def _made(self, event: Event, data: Mapping[str, Any]) -> PublicEvent:
        sample = json.loads(packaged().samples(event.type)[f"{event.type}.json"])
        changed = {**sample, event.key_field: str(self.key), **data}
        return event.model_validate_json(json.dumps(changed))

    def _draft(self, fact: PublicEvent) -> Draft:
        self._sequence += 1
        envelope = envelope_of(
            fact,
            network=self.network,
            sequence=self._sequence,
            time=BEGIN + timedelta(minutes=self._sequence),
            id=made_up_id(self._chance),
        )
        return draft(fact.topic, encode(envelope), f"sequence {self._sequence}")


def made_up_id(chance: Random) -> UUID:
    """A UUIDv7 of no real time, the same for the same seed."""
    return UUID(int=chance.getrandbits(128) & _FREE_BITS | _VERSION_7)


def draft(topic: str, record: Record, what: str) -> Draft:
    """A record as it would be sent, on its way into the feed."""
    return Draft(
        topic=topic,
        key=None if record.key is None else record.key.decode(),
        headers={name: raw.decode() for name, raw in record.headers},
        value=record.value.decode(),
        what=what,
    )


def with_headers(one: Draft, **changes: str | None) -> Draft:
    """The draft with headers changed, or taken away with None."""
    headers: dict[str, str | None] = {**one.headers, **changes}
    return replace(one, headers={name: text for name, text in headers.items() if text is not None})


def with_data(one: Draft, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Draft:
    """The draft with other data."""
    return replace(one, value=json.dumps(change(json.loads(one.value)), separators=(",", ":")))
