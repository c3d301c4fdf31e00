"""What is known of a patient's doses over the whole network, and the lock that serialises them."""

from collections.abc import Sequence
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from dosing.domain.order_facts import LastDose
from dosing.domain.session import OVER
from dosing.store.lock_order import Rank, taking
from dosing.store.persons import same_person
from dosing.store.session_tables import patient_dosing, session

_OF = (
    select(patient_dosing)
    .where(patient_dosing.c.patient_id.in_(same_person()))
    .order_by(patient_dosing.c.patient_id)
)
_FIND = statement(_OF)
_LOCK = statement(_OF.with_for_update(of=patient_dosing, key_share=True))
_BOTH = (
    select(patient_dosing.c.patient_id)
    .where(
        or_(
            patient_dosing.c.patient_id.in_(same_person("first_id")),
            patient_dosing.c.patient_id.in_(same_person("second_id")),
        )
    )
    .order_by(patient_dosing.c.patient_id)
)
_FIND_BOTH = statement(_BOTH)
_LOCK_BOTH = statement(_BOTH.with_for_update(of=patient_dosing, key_share=True))
_PERSON = same_person()
_LOCK_ATTENDING = statement(
    select(patient_dosing.c.patient_id)
    .where(
        patient_dosing.c.patient_id.in_(_PERSON),
        select(session.c.id)
        .where(
            session.c.patient_id.in_(_PERSON),
            *(session.c.state != state.value for state in OVER),
        )
        .exists(),
    )
    .order_by(patient_dosing.c.patient_id)
    .with_for_update(of=patient_dosing, key_share=True)
)
_PERSON = same_person()
_LOCK_ATTENDING = statement(
    select(patient_dosing.c.patient_id)
    .where(
        patient_dosing.c.patient_id.in_(_PERSON),
        select(session.c.id)
        .where(
            session.c.patient_id.in_(_PERSON),
            *(session.c.state != state.value for state in OVER),
        )
        .exists(),
    )
    .order_by(patient_dosing.c.patient_id)
    .with_for_update(of=patient_dosing, key_share=True)
)
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
    """The last dose, under whichever of the person's ids it was given."""
    return _last(await tx.fetch(_FIND, patient_id=patient_id))


async def lock(tx: Transaction, patient_id: UUID) -> LastDose:
    """The last dose; until the commit nobody else, at any site, starts one for this patient."""
    locked: set[UUID] = set()
    while True:
        first = not locked
        locked |= {row["patient_id"] for row in await tx.fetch(_LOCK, patient_id=patient_id)}
        if patient_id not in locked:
            raise RuntimeError("a session was opened without its patient's row")
        if first:
            taking(tx, Rank.PATIENT, locked)  # all ids of the person, which are locked by rising id
        # Read anew: while it was waited for, a dose was given, or records were merged.
        rows = await tx.fetch(_FIND, patient_id=patient_id)
        if locked.issuperset(row["patient_id"] for row in rows):
            return _last(rows)


async def lock_both(tx: Transaction, first_id: UUID, second_id: UUID) -> None:
    """Nobody starts a dose for either person until the commit."""
    taking(tx, Rank.PATIENT, await _ids_of_both(tx, first_id, second_id))
    await tx.fetch(_LOCK_BOTH, first_id=first_id, second_id=second_id)


async def lock_attending(tx: Transaction, patient_id: UUID) -> None:
    """Where the patient has a session that has not ended: a dose that is being given is waited for,
    and none is begun until the commit. Else nobody is locked."""
    rows = await tx.fetch(_LOCK_ATTENDING, patient_id=patient_id)
    taking(tx, Rank.PATIENT, (row["patient_id"] for row in rows))


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


async def _ids_of_both(tx: Transaction, first_id: UUID, second_id: UUID) -> list[UUID]:
    """With the ids that were linked to either before."""
    rows = await tx.fetch(_FIND_BOTH, first_id=first_id, second_id=second_id)
    return [row["patient_id"] for row in rows]


def _last(rows: Sequence[Record]) -> LastDose:
    given = [row for row in rows if row["last_dose_at"] is not None]
    if not given:
        return LastDose()
    row = max(given, key=lambda one: one["last_dose_at"])
    return LastDose(
        at=row["last_dose_at"],
        local_day=row["last_dose_on"],
        iv_equivalent_mg_per_kg=row["last_iv_equivalent_mg_per_kg"],
        weight_kg=row["last_weight_kg"],
    )
