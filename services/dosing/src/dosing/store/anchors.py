"""Moments of a session by the machine's ticks, at rest. Rows are only ever added."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from kairos_chassis.clock import Clock
from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from kairos_events.uuid7 import uuid7
from sqlalchemy import bindparam, select

from dosing.domain.elapsed import Anchor, since_first
from dosing.domain.session import Session
from dosing.store.care_tables import session_anchor

_GIVEN = ("first_dose", "dose", "infusion_ended")  # when drug last reached the patient
_OF = statement(
    select(session_anchor)
    .where(session_anchor.c.session_id == bindparam("session_id"))
    .order_by(session_anchor.c.id)
)


def add(tx: Transaction, session_id: UUID, cause: str, clock: Clock) -> None:
    """Keep this moment."""
    ticks = clock.ticks()
    tx.insert(
        session_anchor,
        id=uuid7(),
        network_id=tx.network,
        session_id=session_id,
        cause=cause,
        boot=ticks.boot,
        ticks_ms=ticks.ms,
        anchored_at=clock.now(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """By what has passed and not by the date: since the first part of the dose, and the last."""

    first: timedelta
    last: timedelta


async def elapsed(tx: Transaction, session: Session, clock: Clock) -> timedelta | None:
    """The time since the first dose; None before it."""
    found = await passed(tx, session, clock)
    return None if found is None else found.first


async def until(tx: Transaction, session: Session, moment: datetime) -> timedelta:
    """The time from the first dose to a moment that is over, by what passed until it was last
    anchored. Zero before any dose.
    """
    rows = await tx.fetch(_OF, session_id=session.id)
    anchors = [
        Anchor(boot=row["boot"], ticks_ms=row["ticks_ms"], at=row["anchored_at"]) for row in rows
    ]
    if not anchors:
        return moment - (session.first_dose_at or moment)
    return since_first(anchors, Anchor(boot="", ticks_ms=0, at=moment))


async def passed(tx: Transaction, session: Session, clock: Clock) -> Passed | None:
    """The time since the first and the last part of the dose; None before any."""
    if session.first_dose_at is None or session.last_dose_at is None:
        return None
    ticks, now = clock.ticks(), clock.now()
    rows = await tx.fetch(_OF, session_id=session.id)
    anchors = [
        Anchor(boot=row["boot"], ticks_ms=row["ticks_ms"], at=row["anchored_at"]) for row in rows
    ]
    if not anchors:  # a session from before there were any
        return Passed(first=now - session.first_dose_at, last=now - session.last_dose_at)
    here = Anchor(boot=ticks.boot, ticks_ms=ticks.ms, at=now)
    given = max(i for i, row in enumerate(rows) if i == 0 or row["cause"] in _GIVEN)
    return Passed(first=since_first(anchors, here), last=since_first(anchors[given:], here))
