"""The people to call, at rest."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import Text, bindparam, literal, select, update

from intake.store.record_tables import patient_contact

_c = patient_contact.c
_GONE = literal("erased", Text)  # no word of anybody: it is not sealed
_CONTACTS = statement(
    select(patient_contact)
    .where(_c.patient_id == bindparam("patient_id"), _c.removed_at.is_(None))
    .order_by(_c.recorded_at, _c.id)
)
_REMOVE = statement(
    update(patient_contact)
    .where(
        _c.id == bindparam("of"),
        _c.patient_id == bindparam("whose"),
        _c.removed_at.is_(None),
    )
    .values(removed_at=bindparam("at"))
)
_ERASE_CONTACTS = statement(
    update(patient_contact)
    .where(_c.patient_id == bindparam("whose"))
    .values(name=_GONE, phone=_GONE, relationship=_GONE, removed_at=bindparam("at"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody to call: in an emergency, or to take the patient home."""

    id: UUID
    kind: str
    name: str
    phone: str
    relationship: str
    recorded_at: datetime


async def of_patient(tx: Transaction, patient_id: UUID) -> list[Contact]:
    """Whom to call, in the order they were named."""
    rows = await tx.fetch(_CONTACTS, patient_id=patient_id)
    names = ("id", "kind", "name", "phone", "relationship", "recorded_at")
    return [Contact(**{name: row[name] for name in names}) for row in rows]


def add(tx: Transaction, patient_id: UUID, one: Contact) -> None:
    """Keep a contact."""
    tx.insert(
        patient_contact,
        id=one.id,
        network_id=tx.network,
        patient_id=patient_id,
        kind=one.kind,
        name=one.name,
        phone=one.phone,
        relationship=one.relationship,
        recorded_at=one.recorded_at,
    )


def remove(tx: Transaction, patient_id: UUID, contact_id: UUID) -> None:
    """Call somebody no more; a repeat changes nothing."""
    tx.write(_REMOVE, of=contact_id, whose=patient_id, at=tx.now)


def erase(tx: Transaction, patient_id: UUID) -> None:
    """Take away who they are."""
    tx.write(_ERASE_CONTACTS, whose=patient_id, at=tx.now)
