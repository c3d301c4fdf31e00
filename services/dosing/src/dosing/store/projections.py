"""What other services have announced: clearance and safety concerns."""

from datetime import datetime
from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from dosing.domain.clearance import Projected, RouteClearance
from dosing.store.persons import same_person
from dosing.store.session_tables import clearance, safety_concern


def _upsert_clearance() -> Any:
    given = insert(clearance).values(
        **{name: bindparam(name) for name in clearance.columns.keys()}  # noqa: SIM118
    )
    return given.on_conflict_do_update(
        index_elements=["network_id", "patient_id"],
        set_={name: given.excluded[name] for name in ("version", "changed_at", "routes")},
        where=clearance.c.version < given.excluded.version,
    )


def _upsert_concern(*changed: str) -> Any:
    names = ("network_id", "id", "patient_id", "blocks_dosing", *changed)
    given = insert(safety_concern).values({name: bindparam(name) for name in names})
    return given.on_conflict_do_update(
        index_elements=["network_id", "id"],
        set_={name: given.excluded[name] for name in changed}
        | ({"blocks_dosing": given.excluded.blocks_dosing} if "trigger" not in changed else {}),
    )


_CLEARANCE = statement(_upsert_clearance())
_RAISED = statement(_upsert_concern("trigger", "raised_at"))
_ACKNOWLEDGED = statement(_upsert_concern("acknowledged_at"))
_CLEARANCE_OF = statement(
    select(clearance).where(clearance.c.patient_id == bindparam("patient_id"))
)
_BLOCKING = statement(
    select(safety_concern.c.id)
    .where(safety_concern.c.patient_id.in_(same_person()), safety_concern.c.blocks_dosing)
    .limit(1)
)


def save_clearance(
    tx: Transaction,
    patient_id: UUID,
    *,
    version: int,
    changed_at: datetime,
    routes: list[dict[str, Any]],
) -> None:
    """Keep the newest clearance; an older one changes nothing."""
    tx.write(
        _CLEARANCE,
        network_id=tx.network,
        patient_id=patient_id,
        version=version,
        changed_at=changed_at,
        routes=routes,
    )


async def clearance_of(tx: Transaction, patient_id: UUID, route: str) -> Projected:
    """What is known here of one route's clearance."""
    row = await tx.fetch_one(_CLEARANCE_OF, patient_id=patient_id)
    if row is None:
        return Projected(version=0, changed_at=None, route=None)
    named = next((one for one in row["routes"] if one["route"] == route), None)
    return Projected(
        version=row["version"],
        changed_at=row["changed_at"],
        route=None if named is None else _route(named),
    )


def raise_concern(
    tx: Transaction,
    concern_id: UUID,
    patient_id: UUID,
    *,
    trigger: str,
    blocks_dosing: bool,
    raised_at: datetime,
) -> None:
    """Keep a concern; one that was acknowledged before keeps what the acknowledgement says."""
    tx.write(
        _RAISED,
        network_id=tx.network,
        id=concern_id,
        patient_id=patient_id,
        trigger=trigger,
        blocks_dosing=blocks_dosing,
        raised_at=raised_at,
    )


def acknowledge_concern(
    tx: Transaction,
    concern_id: UUID,
    patient_id: UUID,
    *,
    blocks_dosing: bool,
    acknowledged_at: datetime,
) -> None:
    """Keep whether a concern still blocks."""
    tx.write(
        _ACKNOWLEDGED,
        network_id=tx.network,
        id=concern_id,
        patient_id=patient_id,
        blocks_dosing=blocks_dosing,
        acknowledged_at=acknowledged_at,
    )


async def concern_open(tx: Transaction, patient_id: UUID) -> bool:
    """Whether any safety concern blocks dosing, under whichever id it was raised."""
    return await tx.fetch_one(_BLOCKING, patient_id=patient_id) is not None


def _route(named: dict[str, Any]) -> RouteClearance:
    expires = named["expires_at"]
    return RouteClearance(
        cleared=named["cleared"],
        reasons=tuple(named["reasons"]),
        expires_at=None if expires is None else datetime.fromisoformat(expires),
        # What was kept before this was read has none.
        extra_monitoring=tuple(named.get("extra_monitoring", ())),
    )
