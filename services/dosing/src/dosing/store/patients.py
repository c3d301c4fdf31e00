"""What is known of a patient's doses over the whole network, and the lock that serialises them."""

from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from dosing.domain.order_facts import LastDose
from dosing.store.session_tables import patient_dosing

_OF = select(patient_dosing).where(patient_dosing.c.patient_id == bindparam("patient_id"))
_FIND = statement(_OF)
_LOCK = statement(_OF.with_for_update())
_ADD = statement(
    insert(patient_dosing)
    .values(network_id=bindparam("network_id"), patient_id=bindparam("patient_id"))
    .on_conflict_do_nothing()
)
_SAVE = statement(
    update(patient_dosing)
    .where(patient_dosing.c.patient_id == bindparam("of"))
    .values(
        last_dose_at=bindparam("last_dose_at"),
        last_dose_on=bindparam("last_dose_on"),
        last_iv_equivalent_mg_per_kg=bindparam("last_iv_equivalent_mg_per_kg"),
        last_weight_kg=bindparam("last_weight_kg"),
    )
)


def add(tx: Transaction, patient_id: UUID) -> None:
    """Have a row to lock; a repeat changes nothing."""
    tx.write(_ADD, network_id=tx.network, patient_id=patient_id)


async def find(tx: Transaction, patient_id: UUID) -> LastDose:
    """The last dose."""
    return _last(await tx.fetch_one(_FIND, patient_id=patient_id))


async def lock(tx: Transaction, patient_id: UUID) -> LastDose:
    """The last dose; until the commit nobody else, at any site, starts one for this patient."""
    row = await tx.fetch_one(_LOCK, patient_id=patient_id)
    if row is None:
        raise RuntimeError("a session was opened without its patient's row")
    return _last(row)


def save(tx: Transaction, patient_id: UUID, given: LastDose) -> None:
    """Remember the dose just given."""
    tx.write(
        _SAVE,
        of=patient_id,
        last_dose_at=given.at,
        last_dose_on=given.local_day,
        last_iv_equivalent_mg_per_kg=given.iv_equivalent_mg_per_kg,
        last_weight_kg=given.weight_kg,
    )


def _last(row: Record | None) -> LastDose:
    if row is None:
        return LastDose()
    return LastDose(
        at=row["last_dose_at"],
        local_day=row["last_dose_on"],
        iv_equivalent_mg_per_kg=row["last_iv_equivalent_mg_per_kg"],
        weight_kg=row["last_weight_kg"],
    )
