"""Readings that devices sent, at rest. Rows are only ever added, each reading once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement, statement
from sqlalchemy import bindparam, func, select

from dosing.domain.series import DeviceReading
from dosing.store import records
from dosing.store.care_tables import device_batch, device_reading

_RECENT = timedelta(minutes=15)  # what a rule may look back on, and no more
_OF_SESSION = statement(
    select(device_reading)
    .where(
        device_reading.c.session_id == bindparam("session_id"),
        device_reading.c.read_at > bindparam("since"),
    )
    .order_by(device_reading.c.read_at)
)
_NEWEST = statement(
    select(func.max(device_reading.c.read_at).label("at")).where(
        device_reading.c.session_id == bindparam("session_id"),
        device_reading.c.device_id == bindparam("device_id"),
    )
)
# One round trip for a batch, however long it is; what is there already is no new reading.
_ADD = Statement(
    "INSERT INTO device_reading (session_id, device_id, kind, read_at, network_id, value, late,"
    " batch_id) SELECT $1::uuid, $2::uuid, r.kind, r.read_at, $3::uuid, r.value, r.late, $4::uuid"
    " FROM unnest($5::text[], $6::timestamptz[], $7::numeric[], $8::boolean[])"
    " AS r(kind, read_at, value, late) ON CONFLICT DO NOTHING"
    " RETURNING device_id, kind, read_at, value, late",
    ("session_id", "device_id", "network_id", "batch_id", "kinds", "times", "values", "lates"),
    {},
)


async def of_session(tx: Transaction, session_id: UUID) -> list[DeviceReading]:
    """The recent readings of a session, oldest first."""
    rows = await tx.fetch(_OF_SESSION, session_id=session_id, since=tx.now - _RECENT)
    return [records.read(DeviceReading, row) for row in rows]


async def newest_at(tx: Transaction, session_id: UUID, device_id: UUID) -> datetime | None:
    """When a device's newest reading was measured."""
    row = await tx.fetch_one(_NEWEST, session_id=session_id, device_id=device_id)
    return None if row is None else row["at"]


def add_batch(
    tx: Transaction, batch_id: UUID, session_id: UUID, device_id: UUID, counts: tuple[int, int, int]
) -> None:
    """Keep what a batch came to: accepted, duplicates, late."""
    accepted, duplicates, late = counts
    tx.insert(
        device_batch,
        id=batch_id,
        network_id=tx.network,
        session_id=session_id,
        device_id=device_id,
        accepted=accepted,
        duplicates=duplicates,
        late=late,
        received_at=tx.now,
    )


async def add(
    tx: Transaction, batch_id: UUID, session_id: UUID, sent: Sequence[DeviceReading]
) -> list[DeviceReading]:
    """Keep the readings that are new. Returns them, oldest first."""
    rows = await tx.fetch(
        _ADD,
        session_id=session_id,
        device_id=sent[0].device_id,
        network_id=tx.network,
        batch_id=batch_id,
        kinds=[one.kind for one in sent],
        times=[one.read_at for one in sent],
        values=[one.value for one in sent],
        lates=[one.late for one in sent],
    )
    new = [records.read(DeviceReading, row) for row in rows]
    return sorted(new, key=lambda one: (one.read_at, one.kind))
