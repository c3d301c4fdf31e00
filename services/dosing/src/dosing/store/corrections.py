"""Corrections of observations, at rest: a row for each version, the written one stays."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select

from dosing.domain.errors import IllegalMove
from dosing.domain.observation import Aldrete, Observation, Readings
from dosing.store import baselines, records
from dosing.store.record_tables import correction

_OF_SESSION = statement(
    select(correction)
    .where(correction.c.session_id == bindparam("session_id"))
    .order_by(correction.c.version, correction.c.id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A later version of an observation. Empty content: it was entered in error."""

    id: UUID
    session_id: UUID
    observation_id: UUID
    version: int
    content: dict[str, Any]
    reason: str
    corrected_by: UUID
    recorded_at: datetime


async def of_session(tx: Transaction, session_id: UUID) -> list[Correction]:
    """All corrections in a session, the newest of each observation last."""
    rows = await tx.fetch(_OF_SESSION, session_id=session_id)
    return [records.read(Correction, row) for row in rows]


def add(tx: Transaction, one: Correction) -> None:
    """Keep a correction. Raises IllegalMove at the flush if somebody was faster."""
    tx.refuse_on("correction_version_key", IllegalMove())
    records.add(tx, correction, one)


def current(written: Sequence[Observation], made: Sequence[Correction]) -> list[Observation]:
    """The observations as they count now: corrected, and without what was entered in error."""
    newest = {one.observation_id: one for one in made}
    return [
        one if one.id not in newest else applied(one, newest[one.id])
        for one in written
        if one.id not in newest or newest[one.id].content
    ]


def applied(written: Observation, made: Correction) -> Observation:
    """An observation in a later version."""
    return replace(written, readings=_readings(made.content), version=made.version)


def content_of(readings: Readings | None) -> dict[str, Any]:
    """Readings as a document."""
    if readings is None:
        return {}
    plain = asdict(replace(readings, baseline=None))
    kept = {name: value for name, value in plain.items() if value is not None}
    if readings.baseline is not None:
        kept["baseline"] = baselines.document_of(readings.baseline)
    if "temperature_c" in kept:
        kept["temperature_c"] = str(kept["temperature_c"])
    return kept


def _readings(content: dict[str, Any]) -> Readings:
    given = dict(content)
    if "aldrete" in given:
        given["aldrete"] = Aldrete(**given["aldrete"])
    if "temperature_c" in given:
        given["temperature_c"] = Decimal(given["temperature_c"])
    if "symptoms" in given:
        given["symptoms"] = tuple(given["symptoms"])
    if "baseline" in given:
        given["baseline"] = baselines.of_document(given["baseline"])
    return Readings(**given)
