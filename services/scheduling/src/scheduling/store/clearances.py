"""What intake last said about each patient, at rest."""

from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement, statement
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from scheduling.domain.clearance import Clearance, RouteClearance
from scheduling.store.tables import clearance

_SHARE = statement(
    select(clearance)
    .where(clearance.c.patient_id == bindparam("patient_id"))
    .with_for_update(read=True)
)
_new = insert(clearance).values(
    {c.name: bindparam(c.name, type_=c.type) for c in clearance.columns}
)
_REPLACE = statement(
    _new.on_conflict_do_update(
        index_elements=[clearance.c.network_id, clearance.c.patient_id],
        set_={name: _new.excluded[name] for name in ("version", "changed_at", "routes")},
        where=clearance.c.version < _new.excluded.version,
    ).returning(clearance.c.version)
)

_FOLLOW = Statement(
    "INSERT INTO clearance_followed AS f (network_id, patient_id, version) VALUES ($1, $2, $3) "
    "ON CONFLICT (network_id, patient_id) DO UPDATE SET version = excluded.version "
    "WHERE f.version < excluded.version",
    ("network_id", "patient_id", "version"),
    {},
)
_FIND = statement(select(clearance).where(clearance.c.patient_id == bindparam("patient_id")))


async def share(tx: Transaction, patient_id: UUID) -> Clearance | None:
    """A patient's clearance, unchanged until the commit; None where nothing is known.

    Taken before any visit of the patient is locked: a change of clearance comes the same way.
    """
    return _clearance(await tx.fetch_one(_SHARE, patient_id=patient_id))


async def find(tx: Transaction, patient_id: UUID) -> Clearance | None:
    """A patient's clearance, to be shown; None where nothing is known."""
    return _clearance(await tx.fetch_one(_FIND, patient_id=patient_id))


async def follow(tx: Transaction, known: Clearance) -> bool:
    """Keep that the visits follow it now. False where they have followed it, or a newer one.

    This outlives a rebuild of the clearances, which must decide and tell nothing again.
    """
    count = await tx.execute(
        _FOLLOW, network_id=tx.network, patient_id=known.patient_id, version=known.version
    )
    return count > 0


def _clearance(row: Record | None) -> Clearance | None:
    if row is None:
        return None
    return Clearance(
        patient_id=row["patient_id"],
        version=row["version"],
        changed_at=row["changed_at"],
        routes={route: _route(one) for route, one in row["routes"].items()},
    )


async def replace(tx: Transaction, known: Clearance) -> bool:
    """Keep a clearance and its lock until the commit. False if it is no newer than the kept."""
    row = await tx.fetch_one(
        _REPLACE,
        network_id=tx.network,
        patient_id=known.patient_id,
        version=known.version,
        changed_at=known.changed_at,
        routes={route: _document(one) for route, one in known.routes.items()},
    )
    return row is not None


def _document(one: RouteClearance) -> dict[str, Any]:
    expires_at = None if one.expires_at is None else one.expires_at.isoformat()
    return {"cleared": one.cleared, "reasons": list(one.reasons), "expires_at": expires_at}


def _route(document: dict[str, Any]) -> RouteClearance:
    expires_at = document["expires_at"]
    return RouteClearance(
        cleared=document["cleared"],
        reasons=tuple(document["reasons"]),
        expires_at=None if expires_at is None else datetime.fromisoformat(expires_at),
    )
