"""Who a patient is, sealed, and the keyed hashes by which it is found, at rest."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from asyncpg import Record
from kairos_chassis.blind_index import BlindIndex, index_of
from kairos_chassis.db import Transaction
from kairos_chassis.patient_keys import ROTATING
from kairos_chassis.statements import Part, Statement, statement
from sqlalchemy import bindparam, select, update

from intake.domain.finding import Word, words_of
from intake.domain.patient import ERASED, AdministrativeGender, Patient, SexAtBirth
from intake.store import identifiers
from intake.store.tables import patient

UNKNOWN_BIRTH: Final = date(1900, 1, 1)  # of somebody erased, in a copy from before
_CLEAR: Final = ("given_name", "family_name", "born_on", "phone")

_LOCK = statement(select(patient).where(patient.c.id == bindparam("id")).with_for_update())
_SEAL = statement(
    update(patient)
    .where(patient.c.id == bindparam("of"))
    .values(
        {
            name: bindparam(f"new_{name}", type_=patient.c[name].type)
            for name in (*_CLEAR, "identity", "indexed_by")
        }
    )
)
_BEHIND = Statement(
    "SELECT network_id, id FROM patient WHERE erased_at IS NULL "
    "AND indexed_by IS DISTINCT FROM $1::text AND ($2::uuid IS NULL OR id > $2::uuid) "
    "AND (indexed_by IS NOT NULL OR EXISTS (SELECT FROM identity_sealing)) "
    "ORDER BY id LIMIT 200",
    ("current", "after"),
    {},
)
_KNOWN = Statement(
    "SELECT id FROM patient p WHERE erased_at IS NULL AND NOT EXISTS (SELECT FROM patient_merge m "
    "WHERE m.merged_patient_id = p.id AND m.unmerged_at IS NULL) ORDER BY id",
    (),
    {},
)
_IN_USE = Statement(
    "SELECT indexed_by, count(*) AS patients FROM patient WHERE indexed_by IS NOT NULL "
    "GROUP BY indexed_by",
    (),
    {},
)
_FORGET = Statement(
    "patient_token forget",
    ("network_id", "patient_id", "tokens"),
    {},
    (
        Part(
            "w",
            "DELETE FROM patient_token WHERE network_id = $1::uuid AND patient_id = $2::uuid "
            "AND token <> ALL($3::bytea[]) RETURNING 1",
        ),
    ),
    "patient_token",
)
_KEEP = Statement(
    "patient_token keep",
    ("network_id", "patient_id", "tokens"),
    {},
    (
        Part(
            "w",
            "INSERT INTO patient_token (network_id, patient_id, token) "
            "SELECT $1::uuid, $2::uuid, unnest($3::bytea[]) ON CONFLICT DO NOTHING RETURNING 1",
        ),
    ),
    "patient_token",
    inserts=True,
)
_HAVE = Statement(
    "SELECT t.patient_id FROM patient_token t "
    "JOIN unnest($1::bytea[], $2::integer[]) AS s(token, condition) ON t.token = s.token "
    "WHERE ($5::uuid IS NULL OR t.patient_id > $5::uuid) "
    "GROUP BY t.patient_id HAVING count(DISTINCT s.condition) >= $3::integer "
    "ORDER BY t.patient_id LIMIT $4::integer",
    ("tokens", "conditions", "needed", "limit", "after"),
    {},
)


async def lock(tx: Transaction, patient_id: UUID) -> Record | None:
    """The row of a patient, kept from everybody else: whoever changes hashes takes it first."""
    return await tx.fetch_one(_LOCK, id=patient_id)


def columns(person: Patient, index: BlindIndex | None) -> dict[str, Any]:
    """The columns that say who somebody is: sealed with an index, in clear without."""
    who = {name: getattr(person, name) for name in _CLEAR}
    if index is None or person.erased_at is not None:
        return {**who, "identity": None, "indexed_by": None}
    document = {**who, "born_on": person.born_on.isoformat()}
    return {**dict.fromkeys(_CLEAR), "identity": document, "indexed_by": index.current}


async def index_anew(tx: Transaction, person: Patient) -> None:
    """Find the person by what is known now, and by nothing else. Take its row's lock first."""
    index, tokens = index_of(tx), list[bytes]()
    if index is not None and person.erased_at is None:
        values = [one.value for one in await identifiers.of_patient(tx, person.id)]
        tokens = index.tokens(words_of(person, values), index.current)
    where: dict[str, Any] = {"network_id": tx.network, "patient_id": person.id, "tokens": tokens}
    tx.write(_FORGET, **where)
    if tokens:
        tx.write(_KEEP, **where)


async def seal_anew(tx: Transaction, patient_id: UUID) -> bool:
    """Seal who somebody is, and hash it by the ring's current key. False for one erased."""
    row = await lock(tx, patient_id)
    index = index_of(tx)
    if row is None or row["erased_at"] is not None or index is None:
        return False
    tx.about(patient_id)
    person = person_of(row)
    if person.erased_at is not None:
        return False  # its key is gone: the ledger of erasures has not been gone through
    tx.write(_SEAL, of=patient_id, **_new(columns(person, index)))
    await identifiers.index_anew(tx, patient_id)
    await index_anew(tx, person)
    return True


async def known(tx: Transaction) -> list[UUID]:
    """Everybody in the network who is not erased and not part of another record."""
    return [row["id"] for row in await tx.fetch(_KNOWN)]


async def behind(tx: Transaction, current: str, after: UUID | None) -> list[tuple[UUID, UUID]]:
    """Network and id of some whose hashes are not by this key, in order, of every network."""
    await tx.fetch_one(ROTATING)
    rows = await tx.fetch(_BEHIND, current=current, after=after)
    return [(row["network_id"], row["id"]) for row in rows]


async def in_use(tx: Transaction) -> dict[str, int]:
    """How many patients are found by hashes of each key of the ring."""
    await tx.fetch_one(ROTATING)
    return {row["indexed_by"]: row["patients"] for row in await tx.fetch(_IN_USE)}


def _new(values: dict[str, Any]) -> dict[str, Any]:
    return {f"new_{name}": value for name, value in values.items()}


async def having(
    tx: Transaction,
    words: Sequence[Word],
    *,
    at_least: int,
    limit: int,
    after: UUID | None = None,
) -> list[UUID]:
    """Ids of patients with so many of these words, in order."""
    index = index_of(tx)
    if index is None or not words:
        return []
    pairs = [(token, place) for place, word in enumerate(words) for token in index.sought(word)]
    tokens, conditions = zip(*pairs, strict=True)
    rows = await tx.fetch(
        _HAVE,
        tokens=list(tokens),
        conditions=list(conditions),
        needed=at_least,
        limit=limit,
        after=after,
    )
    return [row["patient_id"] for row in rows]


def person_of(row: Record) -> Patient:
    """A patient. Of one erased after this copy was made nothing says who it was."""
    who = {name: row[name] for name in _CLEAR}
    erased_at = row["erased_at"]
    if row["identity"]:
        who = {**row["identity"], "born_on": date.fromisoformat(row["identity"]["born_on"])}
    elif row["born_on"] is None:
        who |= {"given_name": ERASED, "family_name": ERASED, "born_on": UNKNOWN_BIRTH}
        erased_at = erased_at or row["registered_at"]
    return Patient(
        id=row["id"],
        **who,
        sex_at_birth=SexAtBirth(row["sex_at_birth"]),
        administrative_gender=AdministrativeGender(row["administrative_gender"]),
        preferred_language=row["preferred_language"],
        zone=row["zone"],
        home_site_id=row["home_site_id"],
        state=row["state"],
        erased_at=erased_at,
        registered_at=row["registered_at"],
        version=row["version"],
    )
