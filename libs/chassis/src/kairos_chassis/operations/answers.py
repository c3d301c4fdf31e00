"""What an operator's verb answers: one document for programs, the same as lines for people."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from kairos_chassis.bus.adoption import Offer
from kairos_chassis.bus.operator import Released, Waiting
from kairos_chassis.bus.parking import Missing, ParkedKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`document` for programs, `lines` for people, and the exit code."""

    document: dict[str, Any]
    lines: Sequence[str]
    code: int


def of_keys(keys: Sequence[ParkedKey]) -> Answer:
    """Every key that waits. Exit code 1 if there is one."""
    head = ("waits since", "topic", "key", "reason", "error", "events")
    rows = [
        (one.since.isoformat(), one.topic, one.key, one.reason, one.error or "-", str(one.events))
        for one in keys
    ]
    return Answer(
        document={"keys": [asdict(one) for one in keys]},
        lines=[*(_table(head, rows) if rows else ()), f"{len(keys)} keys wait"],
        code=1 if keys else 0,
    )


def of_waiting(waiting: Waiting) -> Answer:
    """The events under a key: never their content."""
    names = ("parked_at", "sequence", "type", "reason", "error")
    events = [{name: getattr(one, name) for name in names} for one in waiting.events]
    rows = [
        (event["parked_at"].isoformat(), *(str(event[name] or "-") for name in names[1:]))
        for event in events
    ]
    head = ("parked", *names[1:])
    return Answer(
        document={"events": events, "missing": _document(waiting.missing)},
        lines=[*_table(head, rows), *_waits_for(waiting.missing)],
        code=0,
    )


def of_release(released: Released) -> Answer:
    """What a release did. Exit code 1 if the key still waits."""
    end = f"held again: {released.held_by}" if released.held_by else "the key is free"
    return Answer(
        document={
            "replayed": released.replayed,
            "held_by": released.held_by,
            "missing": _document(released.missing),
        },
        lines=[f"{released.replayed} replayed, {end}", *_waits_for(released.missing)],
        code=1 if released.held_by else 0,
    )


def of_offer(offer: Offer, *, adopted: bool) -> Answer:
    """Known and answering cluster, and what happens. Exit code 1 while a decision is due."""
    if adopted:
        end = f"adopted; {offer.events} events will be published anew"
    elif offer.needed:
        end = (
            f"if that broker is new and empty: adopt-broker --cluster-id {offer.answering} --yes"
            f" publishes {offer.events} events anew"
        )
    else:
        end = "nothing to adopt"
    return Answer(
        document=asdict(offer) | {"needed": offer.needed and not adopted, "adopted": adopted},
        lines=[f"known      {offer.known or '-'}", f"answering  {offer.answering}", end],
        code=1 if offer.needed and not adopted else 0,
    )


def _document(missing: Missing | None) -> dict[str, int] | None:
    return None if missing is None else asdict(missing)


def _waits_for(missing: Missing | None) -> list[str]:
    if missing is None:
        return []
    which = f"sequence {missing.first}"
    if missing.last > missing.first:
        which = f"sequences {missing.first} to {missing.last}"
    return [f"waits for {which}, not received yet: does the producer's outbox hold it?"]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [head, *rows]
    widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
