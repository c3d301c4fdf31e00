"""How other systems name patients, at rest: sealed, each found and owned by its keyed hash."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.blind_index import index_of
from kairos_chassis.db import Transaction
from kairos_chassis.statements import Part, Statement, statement
from kairos_events.uuid7 import uuid7
from sqlalchemy import bindparam, func, select, update

from intake.domain import finding
from intake.domain.record_errors import IdentifierTaken
from intake.store.identity_tables import identifier_token, patient_token
from intake.store.record_tables import patient_identifier

_i = patient_identifier.c
_OF_PATIENT = statement(
    select(patient_identifier).where(_i.patient_id == bindparam("patient_id")).order_by(_i.id)
)
_OWNER = Statement(
    "SELECT patient_id FROM identifier_token WHERE token = ANY($1::bytea[])", ("tokens",), {}
)
_CLEAR_OWNER = Statement(
    "SELECT patient_id, value FROM patient_identifier WHERE system = $1::text AND value = $2::text",
    ("system", "value"),
    {},
    opened=("value",),
)
_WAIT = Statement("SELECT pg_advisory_xact_lock($1::bigint)", ("who",), {})
_LOCK = Statement("SELECT id FROM patient WHERE id = $1 FOR UPDATE", ("id",), {})
_SEAL = statement(
    update(patient_identifier)
    .where(_i.id == bindparam("of"))
    .values(value=bindparam("new_value", type_=_i.value.type))
)
_FORGET = Statement(
    "DELETE FROM identifier_token WHERE patient_id = $1::uuid",
    ("patient_id",),
    {},
    (Part("w", "DELETE FROM identifier_token WHERE patient_id = $1::uuid RETURNING 1"),),
    "identifier_token",
)
_ERASE = statement(
    update(patient_identifier)
    .where(_i.patient_id == bindparam("whose"))
    .values(system="erased", value=func.concat("erased:", _i.id))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """How another system names the patient."""

    system: str
    value: str


async def of_patient(tx: Transaction, patient_id: UUID) -> list[Identifier]:
    """All identifiers of a patient, by system."""
    rows = await tx.fetch(_OF_PATIENT, patient_id=patient_id)
    found = [Identifier(system=row["system"], value=row["value"]) for row in rows]
    return sorted(found, key=lambda one: (one.system, one.value))


async def add(tx: Transaction, patient_id: UUID, one: Identifier) -> None:
    """Keep an identifier; a repeat changes nothing. Raises IdentifierTaken."""
    await wait_for(tx, "identifier", one.system, one.value)
    owner = await _owner(tx, one)
    if owner is not None and owner != patient_id:
        raise IdentifierTaken
    if owner is not None:
        return
    await tx.fetch_one(_LOCK, id=patient_id)  # before its hashes: they may be made anew just now
    tx.refuse_on("patient_identifier_value", IdentifierTaken())
    tx.refuse_on("identifier_token_pkey", IdentifierTaken())
    tx.insert(
        patient_identifier,
        id=uuid7(),
        network_id=tx.network,
        patient_id=patient_id,
        system=one.system,
        value=one.value,
        recorded_at=tx.now,
    )
    if (index := index_of(tx)) is not None:
        words = (finding.owned(one.system, one.value), finding.identifier(one.value))
        for table, word in zip((identifier_token, patient_token), words, strict=True):
            (token,) = index.tokens([word], index.current)
            tx.insert(table, network_id=tx.network, patient_id=patient_id, token=token)


async def _owner(tx: Transaction, one: Identifier) -> UUID | None:
    index = index_of(tx)
    row = await tx.fetch_one(_CLEAR_OWNER, system=one.system, value=one.value)
    if row is None and index is not None:
        tokens = index.sought(finding.owned(one.system, one.value))
        row = await tx.fetch_one(_OWNER, tokens=tokens)
    return None if row is None else row["patient_id"]


async def index_anew(tx: Transaction, patient_id: UUID) -> None:
    """Seal what is in clear, and hash everything by the ring's current key."""
    index = index_of(tx)
    if index is None:
        return
    await tx.execute(_FORGET, patient_id=patient_id)
    for row in await tx.fetch(_OF_PATIENT, patient_id=patient_id):
        await tx.execute(_SEAL, of=row["id"], new_value=row["value"])
        (token,) = index.tokens([finding.owned(row["system"], row["value"])], index.current)
        tx.insert(identifier_token, network_id=tx.network, patient_id=patient_id, token=token)


async def wait_for(tx: Transaction, *what: str) -> None:
    """Let whoever is about to keep the same go one after the other. The server sees a number."""
    said = "\0".join([str(tx.network), *what]).encode()
    who = int.from_bytes(hashlib.sha256(said).digest()[:8], signed=True)
    await tx.fetch_one(_WAIT, who=who)


def erase(tx: Transaction, patient_id: UUID) -> None:
    """Take away who they say the patient is."""
    tx.write(_ERASE, whose=patient_id)
    tx.write(_FORGET, patient_id=patient_id)
