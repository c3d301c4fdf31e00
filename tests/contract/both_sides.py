"""A program for one release: `tell` writes its records, `hear` reads records as its services do.

It runs on the packages of whatever checkout it is given, so it uses only what releases share.
"""

import asyncio
import base64
import importlib
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from unittest.mock import MagicMock
from uuid import UUID

from kairos_chassis.bus.applying import Applier, UnknownSchemaError
from kairos_chassis.bus.catalogue import PublishedLanguage
from kairos_chassis.handlers import Handlers
from kairos_events.contract_files import packaged
from kairos_events.envelope import decode, encode
from kairos_events.publishing import envelope_of
from kairos_events.registry import SERVICES, events
from pydantic import ValidationError

_NETWORK = UUID("0197a3c0-0000-7000-8000-0000000000ff")
_TIME = datetime(2026, 3, 5, 16, 20, tzinfo=UTC)


def told() -> Iterator[dict[str, Any]]:
    """Every golden sample of every event that this release publishes, as records."""
    for event in events().values():
        if not getattr(event, "is_newest", lambda: True)():
            continue  # told beside the newer version
        for name, sample in packaged().samples(event.type).items():
            fact = event.model_validate_json(sample)
            for one in fact.records() if hasattr(fact, "records") else (fact,):
                record = encode(envelope_of(one, network=_NETWORK, sequence=1, time=_TIME))
                yield {
                    "type": one.type,
                    "sample": name,
                    "key": (record.key or b"").decode(),
                    "value": base64.b64encode(record.value).decode(),
                    "headers": [[header, raw.decode()] for header, raw in record.headers],
                }


def listeners() -> Iterator[tuple[str, Applier, list[str]]]:
    """Each service of this release with its readers, and a note of what reached a handler."""
    for service in SERVICES:
        noted: list[str] = []
        copy = Handlers(service)

        async def note(event: Any, _envelope: Any, _tx: Any, noted: list[str] = noted) -> None:
            noted.append(type(event).__name__)

        handlers = importlib.import_module(f"{service}.wiring").SERVICE.handlers
        for reader in handlers.readers.values():
            if reader.__module__ != "kairos_events.upcasting":  # made from the reader of the newer
                copy.on(reader)(note)
        yield service, Applier(copy, PublishedLanguage()), noted


async def heard(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What each service makes of each record."""
    found = []
    for service, applier, noted in listeners():
        for record in records:
            headers = [(name, text.encode()) for name, text in record["headers"]]
            value = base64.b64decode(record["value"])
            envelope = decode(record["key"].encode(), value, headers)
            noted.clear()
            try:
                await applier.apply(MagicMock(), envelope)  # keeps nothing
                outcome = f"read by {noted[0]}" if noted else "passed over"
            except UnknownSchemaError:
                outcome = "unknown version"
            except ValidationError as error:
                places = {".".join(map(str, one["loc"])) for one in error.errors()}
                outcome = f"invalid: {', '.join(sorted(places))}"
            found.append({**_of(record), "service": service, "outcome": outcome})
    return found


def _of(record: dict[str, Any]) -> dict[str, Any]:
    return {name: record[name] for name in ("type", "sample", "from") if name in record}


def main() -> None:
    """Tell, or hear what comes on standard input, a record a line."""
    if sys.argv[1] == "tell":
        answer = list(told())
    else:
        answer = asyncio.run(heard([json.loads(line) for line in sys.stdin]))
    for one in answer:
        sys.stdout.write(json.dumps(one) + "\n")


if __name__ == "__main__":
    main()
