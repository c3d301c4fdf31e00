"""What happened in a session, or on a site's floor, as it happened: for live streams."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import Integer, Text, Uuid, bindparam, func, literal, or_, select, union_all

from dosing.store.care_tables import alert, device_batch, infusion
from dosing.store.drug_tables import dose
from dosing.store.session_tables import observation, session

# Rows of different sessions commit in another order than their ids: look back a little, always.
LOOK_BACK = timedelta(seconds=30)
PAGE = 500
_SINCE = bindparam("since", type_=Uuid)


def _of(table: Any, kind: str, **shown: Any) -> Any:
    pairs = [part for name, column in shown.items() for part in (literal(name), column)]
    return select(
        table.c.id,
        literal(kind).label("kind"),
        table.c.session_id,
        func.jsonb_build_object(*pairs).label("shown"),
    ).where(table.c.id > _SINCE)


_seen = observation.c
_EVENTS = union_all(
    _of(
        observation,
        "observation",
        minute=_seen.minutes_since_first_dose,
        systolic_mmhg=_seen.systolic_mmhg,
        diastolic_mmhg=_seen.diastolic_mmhg,
        heart_rate_bpm=_seen.heart_rate_bpm,
        spo2_percent=_seen.spo2_percent,
        moaas=_seen.moaas,
    ),
    _of(alert, "alert", code=alert.c.code, severity=alert.c.severity),
    _of(dose, "dose", amount_mg=dose.c.amount_mg.cast(Text)),
    _of(infusion, "infusion", planned_mg=infusion.c.planned_mg.cast(Text)),
    _of(device_batch, "readings", accepted=device_batch.c.accepted),
).subquery("event")
_PAGE = statement(
    select(_EVENTS, session.c.site_id, session.c.state)
    .join(session, session.c.id == _EVENTS.c.session_id)
    .where(
        or_(
            session.c.id == bindparam("session_id", type_=Uuid),
            session.c.site_id == bindparam("site_id", type_=Uuid),
        )
    )
    .order_by(_EVENTS.c.id)
    .limit(bindparam("limit", type_=Integer))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One thing that happened."""

    id: UUID
    kind: str
    session_id: UUID
    state: str
    shown: dict[str, Any]


async def since(
    tx: Transaction, event_id: UUID, *, session_id: UUID | None, site_id: UUID | None
) -> Sequence[Happened]:
    """What came after that event in one session, or at one site: a page of it at most."""
    rows = await tx.fetch(_PAGE, since=event_id, session_id=session_id, site_id=site_id, limit=PAGE)
    return [
        Happened(
            id=row["id"],
            kind=row["kind"],
            session_id=row["session_id"],
            state=row["state"],
            shown=row["shown"],
        )
        for row in rows
    ]


def first_id_of(moment: datetime) -> UUID:
    """The smallest UUIDv7 of that millisecond."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def moment_of(event_id: UUID) -> datetime:
    """When a UUIDv7 was made."""
    return datetime.fromtimestamp((event_id.int >> 80) / 1000, tz=UTC)
