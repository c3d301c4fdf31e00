"""A key for each patient and purpose, so that erasing a patient is destroying a key.

What a patient's key seals (AES-256-GCM) can be read while the key can be unwrapped; the wrapped key
is a row, the key that wraps it is not in the database. `destroy` takes the row's content away.
Yesterday's backup still has it, so erasure ends with `wrap_anew` under a new wrapping key and the
retirement of the old one: then the backup's copy can be unwrapped by nobody, while everybody
else's keys, wrapped anew, open everybody else's data, in old backups too.

Therefore the table `patient_key` is restored from its newest copy, never from an old one.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kairos_chassis.db import Database, Transaction
from kairos_chassis.errors import Kind
from kairos_chassis.key_ring import KEY_BYTES, KeyRing
from kairos_chassis.statements import Statement

_FORMAT: Final = b"\x01"
_NONCE_BYTES: Final = 12
_BATCH: Final = 200

_FIND = Statement(
    "SELECT wrapped_by, wrapped FROM patient_key WHERE network_id = $1::uuid "
    "AND patient_id = $2::uuid AND purpose = $3::text",
    ("network", "patient", "purpose"),
    {},
)
_FIND_MANY = Statement(
    "SELECT patient_id, wrapped_by, wrapped FROM patient_key WHERE network_id = $1::uuid "
    "AND patient_id = ANY($2::uuid[]) AND purpose = $3::text",
    ("network", "patients", "purpose"),
    {},
)
_ERASED = Statement(
    "SELECT DISTINCT network_id, patient_id FROM patient_key WHERE wrapped IS NULL "
    "ORDER BY network_id, patient_id",
    (),
    {},
)
_MAKE = Statement(
    "INSERT INTO patient_key (network_id, patient_id, purpose, wrapped_by, wrapped, made_at) "
    "VALUES ($1::uuid, $2::uuid, $3::text, $4::text, $5::bytea, $6::timestamptz) "
    "ON CONFLICT (network_id, patient_id, purpose) DO NOTHING",
    ("network", "patient", "purpose", "wrapped_by", "wrapped", "now"),
    {},
)
_DESTROY = Statement(
    "UPDATE patient_key SET wrapped = NULL, destroyed_at = $3::timestamptz "
    "WHERE network_id = $1::uuid AND patient_id = $2::uuid AND wrapped IS NOT NULL",
    ("network", "patient", "now"),
    {},
)
_BURY = Statement(
    "INSERT INTO patient_key (network_id, patient_id, purpose, wrapped_by, made_at, destroyed_at) "
    "VALUES ($1::uuid, $2::uuid, $3::text, '', $4::timestamptz, $4::timestamptz) "
    "ON CONFLICT (network_id, patient_id, purpose) DO UPDATE SET wrapped = NULL, "
    "destroyed_at = coalesce(patient_key.destroyed_at, excluded.destroyed_at)",
    ("network", "patient", "purpose", "now"),
    {},
)
ROTATING = Statement("SELECT set_config('kairos.key_rotation', 'on', true)", (), {})
_STALE = Statement(
    "SELECT network_id, patient_id, purpose, wrapped_by, wrapped FROM patient_key "
    "WHERE wrapped IS NOT NULL AND wrapped_by <> $1::text "
    "ORDER BY wrapped_by LIMIT $2::bigint FOR UPDATE SKIP LOCKED",
    ("current", "limit"),
    {},
)
_REWRAP = Statement(
    "UPDATE patient_key SET wrapped_by = $4::text, wrapped = $5::bytea WHERE network_id = $1::uuid "
    "AND patient_id = $2::uuid AND purpose = $3::text",
    ("network_id", "patient_id", "purpose", "wrapped_by", "wrapped"),
    {},
)
_IN_USE = Statement(
    "SELECT wrapped_by, count(*) AS keys FROM patient_key WHERE wrapped IS NOT NULL "
    "GROUP BY wrapped_by ORDER BY wrapped_by",
    (),
    {},
)


class PatientErased(Exception):
    """What was kept about this patient has been erased."""

    slug = "patient_erased"
    kind = Kind.NOT_FOUND


class NotSealedHere(Exception):
    """The content is not what was sealed for this patient, purpose and place."""

    slug = "not_sealed_here"
    kind = Kind.INTERNAL


@dataclass(frozen=True, slots=True, repr=False)
class PatientKey:
    """A patient's key, unwrapped. Never stored, never shown."""

    _key: bytes
    _bound: bytes

    def seal(self, content: bytes, place: str) -> bytes:
        """Encrypt. `place` names where it is kept, such as a row's id: it opens nowhere else."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(self._key).encrypt(nonce, content, self._context(place))
        return _FORMAT + nonce + sealed

    def open(self, sealed: bytes, place: str) -> bytes:
        """Decrypt. Raises NotSealedHere."""
        nonce, content = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            if sealed[:1] != _FORMAT:
                raise NotSealedHere
            return AESGCM(self._key).decrypt(nonce, content, self._context(place))
        except (InvalidTag, ValueError) as broken:
            raise NotSealedHere from broken

    def _context(self, place: str) -> bytes:
        return self._bound + b"\0" + place.encode()


async def key_of(tx: Transaction, ring: KeyRing, patient_id: UUID, purpose: str) -> PatientKey:
    """The patient's key for a purpose, made at its first use. Raises PatientErased (404)."""
    where = {"network": tx.network, "patient": patient_id, "purpose": purpose}
    bound = _bound(tx.network, patient_id, purpose)
    row = await tx.fetch_one(_FIND, **where)
    if row is None:
        name = ring.current
        wrapped = _wrap(ring.key(name), secrets.token_bytes(KEY_BYTES), bound)
        await tx.execute(_MAKE, **where, wrapped_by=name, wrapped=wrapped, now=tx.now)
        row = await tx.fetch_one(_FIND, **where)  # another may have been first
    assert row is not None
    if row["wrapped"] is None:
        raise PatientErased
    return PatientKey(_unwrap(ring, dict(row), bound), bound)


async def keys_of(
    tx: Transaction, ring: KeyRing, patient_ids: Sequence[UUID], purpose: str
) -> dict[UUID, PatientKey | None]:
    """The keys that these patients have, in one read; None for one that was destroyed."""
    rows = await tx.fetch(
        _FIND_MANY, network=tx.network, patients=list(patient_ids), purpose=purpose
    )
    found: dict[UUID, PatientKey | None] = {}
    for row in rows:
        bound = _bound(tx.network, row["patient_id"], purpose)
        gone = row["wrapped"] is None
        key = None if gone else PatientKey(_unwrap(ring, dict(row), bound), bound)
        found[row["patient_id"]] = key
    return found


async def destroy(tx: Transaction, patient_id: UUID) -> int:
    """Destroy every key of a patient. Returns how many there were. See the module for the rest."""
    tx.forget_words_key(patient_id)
    return await tx.execute(_DESTROY, network=tx.network, patient=patient_id, now=tx.now)


async def bury(tx: Transaction, patient_id: UUID, purpose: str) -> None:
    """Destroy a key, or see to it that none is ever made."""
    tx.forget_words_key(patient_id)
    await tx.execute(_BURY, network=tx.network, patient=patient_id, purpose=purpose, now=tx.now)


async def wrap_anew(db: Database, ring: KeyRing) -> int:
    """Wrap every key by the ring's current one, in small transactions while everything runs.

    Returns how many were wrapped anew. Safe to break off, to repeat, and to run side by side.
    """
    done = 0
    while count := await _wrap_some_anew(db, ring):
        done += count
    return done


async def in_use(db: Database) -> dict[str, int]:
    """How many patients' keys each wrapping key wraps: one that wraps none can be retired."""
    async with db.transaction(None) as tx:
        await tx.fetch_one(ROTATING)
        return {row["wrapped_by"]: row["keys"] for row in await tx.fetch(_IN_USE)}


async def erased(db: Database) -> list[tuple[UUID, UUID]]:
    """Network and id of everybody whose key was destroyed: the ledger of erasures."""
    async with db.transaction(None) as tx:
        await tx.fetch_one(ROTATING)
        return [(row["network_id"], row["patient_id"]) for row in await tx.fetch(_ERASED)]


async def _wrap_some_anew(db: Database, ring: KeyRing) -> int:
    current = ring.current
    async with db.transaction(None) as tx:
        await tx.fetch_one(ROTATING)
        rows = await tx.fetch(_STALE, current=current, limit=_BATCH)
        for row in rows:
            where = {name: row[name] for name in ("network_id", "patient_id", "purpose")}
            bound = _bound(row["network_id"], row["patient_id"], row["purpose"])
            wrapped = _wrap(ring.key(current), _unwrap(ring, dict(row), bound), bound)
            await tx.execute(_REWRAP, **where, wrapped_by=current, wrapped=wrapped)
    return len(rows)


def _bound(network: UUID, patient_id: UUID, purpose: str) -> bytes:
    """What a key is bound to: a row moved to another patient opens nothing."""
    return b"\0".join([network.bytes, patient_id.bytes, purpose.encode()])


def _wrap(by: bytes, key: bytes, bound: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(by).encrypt(nonce, key, bound)


def _unwrap(ring: KeyRing, row: Mapping[str, Any], bound: bytes) -> bytes:
    wrapped = bytes(row["wrapped"])
    try:
        by = AESGCM(ring.key(row["wrapped_by"]))
        return by.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], bound)
    except InvalidTag as broken:
        raise NotSealedHere from broken
