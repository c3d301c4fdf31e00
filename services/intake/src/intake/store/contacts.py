"""Identifiers of patients elsewhere, and the people to call, at rest."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from kairos_events.uuid7 import uuid7
from sqlalchemy import bindparam, func, select, update

from intake.domain.record_errors import IdentifierTaken
from intake.store.record_tables import patient_contact, patient_identifier

_i, _c = patient_identifier.c, patient_contact.c
_IDENTIFIERS = statement(
    select(patient_identifier)
    .where(_i.patient_id == bindparam("patient_id"))
    .order_by(_i.system, _i.value)
)
_OWNER = statement(
    select(_i.patient_id).where(_i.system == bindparam("system"), _i.value == bindparam("value"))
)
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
_ERASE_IDENTIFIERS = statement(
    update(patient_identifier)
    .where(_i.patient_id == bindparam("whose"))
    .values(system="erased", value=func.concat("erased:", _i.id))
)
_ERASE_CONTACTS = statement(
    update(patient_contact)
    .where(_c.patient_id == bindparam("whose"))
    .values(name="erased", phone="erased", relationship="erased", removed_at=bindparam("at"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """How another system names the patient."""

    system: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody to call: in an emergency, or to take the patient home."""

    id: UUID
    kind: str
    name: str
    phone: str
    relationship: str
    recorded_at: datetime


async def identifiers(tx: Transaction, patient_id: UUID) -> list[Identifier]:
    """All identifiers of a patient."""
    rows = await tx.fetch(_IDENTIFIERS, patient_id=patient_id)
    return [Identifier(system=row["system"], value=row["value"]) for row in rows]


async def add_identifier(tx: Transaction, patient_id: UUID, one: Identifier) -> None:
    """Keep an identifier; a repeat changes nothing. Raises IdentifierTaken."""
    owner = await tx.fetch_one(_OWNER, system=one.system, value=one.value)
    if owner is not None and owner["patient_id"] != patient_id:
        raise IdentifierTaken
    if owner is None:
        tx.refuse_on("patient_identifier_value", IdentifierTaken())
        tx.insert(
            patient_identifier,
            id=uuid7(),
            network_id=tx.network,
            patient_id=patient_id,
            system=one.system,
            value=one.value,
            recorded_at=tx.now,
        )


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
    tx.write(_ERASE_IDENTIFIERS, whose=patient_id)
    tx.write(_ERASE_CONTACTS, whose=patient_id, at=tx.now)
