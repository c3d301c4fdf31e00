"""How many patients one monitor may watch, and who has had a dose, at rest."""

from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement, statement
from sqlalchemy import Integer, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from scheduling.store.links import RECORDS
from scheduling.store.tables import monitor_limit

_LIMIT = statement(select(monitor_limit.c.patients_per_monitor))
_new = insert(monitor_limit).values(
    network_id=bindparam("network_id"),
    patients_per_monitor=bindparam("patients", type_=Integer),
    set_at=bindparam("set_at"),
)
_BEGIN = statement(_new.on_conflict_do_nothing())
_SET = statement(
    _new.on_conflict_do_update(
        index_elements=[monitor_limit.c.network_id],
        set_={name: _new.excluded[name] for name in ("patients_per_monitor", "set_at")},
    )
)
_DOSED = Statement(
    f"""
    SELECT EXISTS (SELECT FROM dosed_patient WHERE patient_id IN {RECORDS}) OR EXISTS (
      SELECT FROM visit WHERE patient_id IN {RECORDS} AND route IS NOT NULL AND starts_at < $2
        AND state IN ('booked', 'held', 'checked_in') AND id IS DISTINCT FROM $3::uuid) AS dosed
    """,  # noqa: S608 - our own words
    ("patient_id", "before", "visit_id"),
    {},
)
_KEEP_DOSE = Statement(
    "INSERT INTO dosed_patient AS d (network_id, patient_id, first_dose_at, last_dose_at) "
    "VALUES ($1, $2, $3, $3) ON CONFLICT (network_id, patient_id) DO UPDATE SET "
    "first_dose_at = least(d.first_dose_at, excluded.first_dose_at), "
    "last_dose_at = greatest(d.last_dose_at, excluded.last_dose_at)",
    ("network_id", "patient_id", "at"),
    {},
)


async def limit(tx: Transaction, default: int) -> int:
    """Patients one monitor may watch at a time in this network; the default is kept at first."""
    row = await tx.fetch_one(_LIMIT)
    if row is None:
        await tx.execute(_BEGIN, network_id=tx.network, patients=default, set_at=tx.now)
        row = await tx.fetch_one(_LIMIT)
    assert row is not None
    return int(row["patients_per_monitor"])


async def set_limit(tx: Transaction, patients: int) -> None:
    """Set it for the bookings to come."""
    await tx.execute(_SET, network_id=tx.network, patients=patients, set_at=tx.now)


async def has_dose_before(
    tx: Transaction, patient_id: UUID, *, before: datetime, visit_id: UUID | None
) -> bool:
    """Whether the patient has had a dose, or has a dosing visit before that moment."""
    row = await tx.fetch_one(_DOSED, patient_id=patient_id, before=before, visit_id=visit_id)
    assert row is not None
    return bool(row["dosed"])


async def keep_dose(tx: Transaction, patient_id: UUID, *, at: datetime) -> None:
    """A dose was given."""
    await tx.execute(_KEEP_DOSE, network_id=tx.network, patient_id=patient_id, at=at)
