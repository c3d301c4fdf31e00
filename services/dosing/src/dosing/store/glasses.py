"""Decisions to break the glass, at rest. Rows are only ever added."""

from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select

from dosing.domain.break_glass import BreakGlass
from dosing.domain.care_errors import GlassConfirmed, GlassNotFound, GlassUsed
from dosing.store import records
from dosing.store.care_tables import break_glass, break_glass_confirmation, break_glass_use

_FIND = statement(
    select(
        break_glass,
        break_glass_confirmation.c.confirmed_by,
        break_glass_confirmation.c.confirmed_at,
        break_glass_use.c.used_at,
    )
    .outerjoin(break_glass_confirmation)
    .outerjoin(break_glass_use)
    .where(break_glass.c.id == bindparam("id"))
)


async def find(tx: Transaction, glass_id: UUID) -> BreakGlass:
    """A decision. Raises GlassNotFound."""
    row = await tx.fetch_one(_FIND, id=glass_id)
    if row is None:
        raise GlassNotFound
    tx.about(row["patient_id"])
    return records.read(BreakGlass, row)


def add(tx: Transaction, asked: BreakGlass) -> None:
    """Keep what one clinician asks for."""
    tx.insert(
        break_glass,
        id=asked.id,
        network_id=tx.network,
        session_id=asked.session_id,
        patient_id=asked.patient_id,
        reason=asked.reason.value,
        explanation=asked.explanation,
        asked_by=asked.asked_by,
        asked_at=asked.asked_at,
    )


def confirm(tx: Transaction, glass_id: UUID, by: UUID) -> None:
    """Keep that a second agreed. Raises GlassConfirmed at the flush if somebody did before."""
    tx.refuse_on("dose_break_glass_confirmation_pkey", GlassConfirmed())
    tx.insert(
        break_glass_confirmation,
        dose_break_glass_id=glass_id,
        network_id=tx.network,
        confirmed_by=by,
        confirmed_at=tx.now,
    )


def use(tx: Transaction, glass_id: UUID, administration_id: UUID, at: datetime) -> None:
    """Keep the one dose that was given by it. Raises GlassUsed at the flush."""
    tx.refuse_on("dose_break_glass_use_pkey", GlassUsed())
    tx.insert(
        break_glass_use,
        dose_break_glass_id=glass_id,
        network_id=tx.network,
        administration_id=administration_id,
        used_at=at,
    )
