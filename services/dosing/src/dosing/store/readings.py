"""Readings that devices sent, at rest. Rows are only ever added, each reading once."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement, statement
from sqlalchemy import bindparam, select

from dosing.domain.series import DeviceReading
from dosing.store import records
from dosing.store.care_tables import device_reading

_RECENT = timedelta(minutes=15)  # what a rule may look back on, and no more
_OF_SESSION = statement(
    select(device_reading)
    .where(
        device_reading.c.session_id == bindparam("session_id"),
        device_reading.c.read_at > bindparam("since"),
    )
    .order_by(device_reading.c.read_at)
)
# One round trip for a batch and what it came to, however long it is; what is there already is no
# new reading. A row refers to its batch once the statement has ended.
_ADD = Statement(
    "WITH new AS (INSERT INTO device_reading (session_id, device_id, kind, read_at, network_id,"
    " value, late, batch_id) SELECT $1::uuid, $2::uuid, r.kind, r.read_at, $3::uuid, r.value,"
    " r.late, $4::uuid FROM unnest($5::text[], $6::timestamptz[], $7::numeric[], $8::boolean[])"
    " AS r(kind, read_at, value, late) ON CONFLICT DO NOTHING RETURNING kind, read_at, value,"
    " late), batch AS (INSERT INTO device_batch (id, network_id, session_id, device_id, accepted,"
    " duplicates, late, received_at) SELECT $4::uuid, $3::uuid, $1::uuid, $2::uuid, count(*),"
    " cardinality($5::text[]) - count(*), count(*) FILTER (WHERE late), $9::timestamptz FROM new)"
    " SELECT kind, read_at, value, late FROM new ORDER BY read_at, kind",
    (
        "session_id",
        "device_id",
        "network_id",
        "batch_id",
        *("kinds", "times", "values", "lates"),
        "now",
    ),
    {},
)


async def of_session(tx: Transaction, session_id: UUID) -> list[DeviceReading]:
    """The recent readings of a session, oldest first."""
    rows = await tx.fetch(_OF_SESSION, session_id=session_id, since=tx.now - _RECENT)
    return [records.read(DeviceReading, row) for row in rows]


async def add(
    tx: Transaction,
    batch_id: UUID,
    session_id: UUID,
    device_id: UUID,
    sent: Sequence[DeviceReading],
) -> list[DeviceReading]:
    """Keep a batch, and those of its readings that are new. Returns them, oldest first."""
    rows = await tx.fetch(
        _ADD,
        session_id=session_id,
        device_id=device_id,
        network_id=tx.network,
        batch_id=batch_id,
        kinds=[one.kind for one in sent],
        times=[one.read_at for one in sent],
        values=[one.value for one in sent],
        lates=[one.late for one in sent],
        now=tx.now,
    )
    return [
        DeviceReading(device_id=device_id, kind=kind, read_at=read_at, value=value, late=late)
        for kind, read_at, value, late in rows
    ]
