"""What a session has had so far, and what speaks against more, at rest. Rows are only added."""

from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, or_, select

from dosing.domain.break_glass import BreakGlass
from dosing.domain.further import Course
from dosing.store import doses, records
from dosing.store.care_tables import (
    alert,
    alert_acknowledgement,
    benefit_risk_note,
    break_glass,
    break_glass_confirmation,
    break_glass_use,
    drug_stop,
    infusion,
    infusion_event,
)

_OF: Any = bindparam("session_id")
_AGAINST = statement(
    select(
        select(drug_stop.c.session_id).where(drug_stop.c.session_id == _OF).exists().label("stop"),
        select(alert.c.id)
        .where(
            alert.c.session_id == _OF,
            alert.c.stops_drug,
            ~select(alert_acknowledgement.c.alert_id)
            .where(alert_acknowledgement.c.alert_id == alert.c.id)
            .exists(),
        )
        .exists()
        .label("alert"),
        select(infusion.c.id)
        .where(
            infusion.c.session_id == _OF,
            ~select(infusion_event.c.seq)
            .where(
                infusion_event.c.infusion_id == infusion.c.id,
                or_(infusion_event.c.kind == "stop", infusion_event.c.kind == "complete"),
            )
            .exists(),
        )
        .exists()
        .label("infusing"),
    )
)
_GLASS = statement(
    select(
        break_glass,
        break_glass_confirmation.c.confirmed_by,
        break_glass_confirmation.c.confirmed_at,
        break_glass_use.c.used_at,
    )
    .outerjoin(break_glass_confirmation)
    .outerjoin(break_glass_use)
    .where(break_glass.c.session_id == _OF)
    .order_by(break_glass.c.asked_at.desc(), break_glass.c.id.desc())
    .limit(1)
)
_NOTED = statement(
    select(benefit_risk_note.c.observation_id).where(benefit_risk_note.c.session_id == _OF)
)


async def of_session(tx: Transaction, session_id: UUID) -> Course:
    """What the session has had, and what speaks against more."""
    row = await tx.fetch_one(_AGAINST, session_id=session_id)
    assert row is not None
    return Course(
        given=await doses.of_session(tx, session_id),
        infusing=row["infusing"],
        stopped=row["stop"],
        alert_unanswered=row["alert"],
    )


async def glass_of(tx: Transaction, session_id: UUID) -> BreakGlass | None:
    """The newest decision to break the glass in a session."""
    row = await tx.fetch_one(_GLASS, session_id=session_id)
    return None if row is None else records.read(BreakGlass, row)


async def noted(tx: Transaction, session_id: UUID) -> frozenset[UUID]:
    """The readings of which a prescriber has written why the benefit outweighs the risk."""
    rows = await tx.fetch(_NOTED, session_id=session_id)
    return frozenset(row["observation_id"] for row in rows)
