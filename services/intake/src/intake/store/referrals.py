"""Referrals, at rest. A referrer's token is kept as its digest only."""

from uuid import UUID

from asyncpg import Record
from kairos_chassis import patient_keys
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion
from kairos_chassis.statements import statement
from sqlalchemy import Text, bindparam, literal, null, or_, select, update

from intake.domain.record_errors import ReferralNotFound
from intake.domain.referral import Indication, Referral, ReferralStatus
from intake.store.record_tables import referral

_columns = referral.c
_BY_ID = select(referral).where(_columns.id == bindparam("id"))
_FIND = statement(_BY_ID)
_LOCK = statement(_BY_ID.with_for_update())
_BY_DIGEST = statement(select(referral).where(_columns.digest == bindparam("digest")))
_LIST = statement(
    select(referral)
    .where(
        or_(
            bindparam("status", type_=Text).is_(None),
            _columns.status == bindparam("status", type_=Text),
        )
    )
    .order_by(_columns.received_at.desc(), _columns.id)
    .limit(200)
)
_OF_PATIENT = statement(
    select(referral)
    .where(_columns.patient_id == bindparam("patient_id"))
    .order_by(_columns.received_at, _columns.id)
)
_IDS = statement(select(_columns.id).where(_columns.patient_id == bindparam("whose")))
_ERASE_WORDS = statement(
    update(referral)
    .where(_columns.patient_id == bindparam("whose"))
    .values(reason=null(), referrer_name=literal("erased", Text), referrer_identifier=null())
)
_SAVE = statement(
    update(referral)
    .where(_columns.id == bindparam("of"), _columns.version == bindparam("seen"))
    .values(
        status=bindparam("new_status"),
        status_reason=bindparam("status_reason"),
        patient_id=bindparam("who"),
        changed_at=bindparam("changed_at"),
        version=bindparam("next"),
    )
)


async def find(tx: Transaction, referral_id: UUID) -> Referral:
    """A referral. Raises ReferralNotFound."""
    return _one(tx, await tx.fetch_one(_FIND, id=referral_id))


async def lock(tx: Transaction, referral_id: UUID) -> Referral:
    """A referral, kept from everybody else until the commit. Raises ReferralNotFound."""
    return _one(tx, await tx.fetch_one(_LOCK, id=referral_id))


async def behind(tx: Transaction, digest: bytes) -> Referral | None:
    """The referral of a referrer's token, if there is one."""
    row = await tx.fetch_one(_BY_DIGEST, digest=digest)
    return None if row is None else _referral(row)


async def newest(tx: Transaction, status: str | None) -> list[Referral]:
    """The newest two hundred, of a status or of all."""
    return [_referral(row) for row in await tx.fetch(_LIST, status=status)]


async def of_patient(tx: Transaction, patient_id: UUID) -> list[Referral]:
    """Every referral of a patient."""
    return [_referral(row) for row in await tx.fetch(_OF_PATIENT, patient_id=patient_id)]


async def erase_words(tx: Transaction, patient_id: UUID) -> None:
    """Take away what was written in words, and by whom, with the keys that sealed it."""
    rows = await tx.fetch(_IDS, whose=patient_id)
    tx.write(_ERASE_WORDS, whose=patient_id)
    await tx.flush()
    for row in rows:
        await patient_keys.destroy(tx, row["id"])


def add(tx: Transaction, received: Referral, digest: bytes) -> None:
    """Keep a new referral under its token's digest."""
    tx.insert(
        referral,
        keyed_to=received.id,
        id=received.id,
        network_id=tx.network,
        patient_id=received.patient_id,
        indication=received.indication,
        reason=received.reason,
        referrer_name=received.referrer_name,
        referrer_identifier=received.referrer_identifier,
        digest=digest,
        status=received.status,
        received_at=received.received_at,
        changed_at=received.changed_at,
        version=received.version,
    )


def save(tx: Transaction, changed: Referral) -> None:
    """Keep the status. Raises StaleVersion at the flush if somebody was faster."""
    tx.write(
        _SAVE,
        otherwise=StaleVersion(),
        of=changed.id,
        seen=changed.version - 1,
        next=changed.version,
        new_status=changed.status,
        status_reason=changed.status_reason,
        who=changed.patient_id,
        changed_at=changed.changed_at,
    )


def _one(tx: Transaction, row: Record | None) -> Referral:
    if row is None:
        raise ReferralNotFound
    if row["patient_id"] is not None:
        tx.about(row["patient_id"])
    return _referral(row)


def _referral(row: Record) -> Referral:
    return Referral(
        id=row["id"],
        indication=Indication(row["indication"]),
        reason=row["reason"],
        referrer_name=row["referrer_name"],
        referrer_identifier=row["referrer_identifier"],
        received_at=row["received_at"],
        changed_at=row["changed_at"],
        status=ReferralStatus(row["status"]),
        status_reason=row["status_reason"],
        patient_id=row["patient_id"],
        version=row["version"],
    )
