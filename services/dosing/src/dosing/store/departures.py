"""How sessions end: overrides, instructions, leaving against advice, calls owed. Only added to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select

from dosing.domain.follow_up import FollowUp
from dosing.domain.overrides import Override
from dosing.store import records
from dosing.store.record_tables import (
    departure,
    discharge_instruction,
    discharge_override,
    follow_up,
)

_OF: Any = bindparam("session_id")
_OVERRIDES = statement(select(discharge_override).where(discharge_override.c.session_id == _OF))
_FOLLOW_UPS = statement(
    select(follow_up).where(follow_up.c.session_id == _OF).order_by(follow_up.c.due_at)
)
_DEPARTURE = statement(select(departure).where(departure.c.session_id == _OF))


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """A patient left before it was safe."""

    session_id: UUID
    patient_id: UUID
    unmet_criteria: tuple[str, ...]
    reason: str
    risks_explained: bool
    keys_kept: bool
    escort_called: bool
    charted_by: UUID
    left_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Overridden:
    """A criterion that a prescriber overrode."""

    criterion: str
    reason: str
    overridden_by: UUID
    overridden_at: datetime


async def overrides_of(tx: Transaction, session_id: UUID) -> list[Overridden]:
    """The criteria overridden at a discharge."""
    rows = await tx.fetch(_OVERRIDES, session_id=session_id)
    return [records.read(Overridden, row) for row in rows]


async def follow_ups_of(tx: Transaction, session_id: UUID) -> list[FollowUp]:
    """The calls owed after a session, the soonest first."""
    rows = await tx.fetch(_FOLLOW_UPS, session_id=session_id)
    return [records.read(FollowUp, row) for row in rows]


async def departure_of(tx: Transaction, session_id: UUID) -> Departure | None:
    """How the patient left, if it was against advice."""
    row = await tx.fetch_one(_DEPARTURE, session_id=session_id)
    return None if row is None else records.read(Departure, row)


def add_override(tx: Transaction, session_id: UUID, one: Override, by: UUID) -> None:
    """Keep an override."""
    arranged = "" if one.arrangement is None else f"[{one.arrangement.value}] "
    tx.insert(
        discharge_override,
        session_id=session_id,
        criterion=one.criterion,
        network_id=tx.network,
        reason=arranged + one.reason,
        overridden_by=by,
        overridden_at=tx.now,
    )


def add_instructions(
    tx: Transaction, session_id: UUID, version: str, sha256: str, by: UUID
) -> None:
    """Keep which text the patient was given."""
    tx.insert(
        discharge_instruction,
        session_id=session_id,
        network_id=tx.network,
        version=version,
        sha256=sha256,
        given_by=by,
        given_at=tx.now,
    )


def add_departure(tx: Transaction, left: Departure) -> None:
    """Keep that a patient left against advice."""
    records.add(tx, departure, left)


def add_follow_up(tx: Transaction, owed: FollowUp) -> None:
    """Keep a call that is owed."""
    records.add(tx, follow_up, owed)
