"""Self-service links, at rest: only the digest of each is kept."""

from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select, update

from intake.domain.record_errors import LinkNotFound
from intake.domain.self_service import Link
from intake.store.record_tables import self_service_link

_columns = self_service_link.c
_BY_ID = select(self_service_link).where(_columns.id == bindparam("id"))
_FIND = statement(_BY_ID)
_LOCK = statement(_BY_ID.with_for_update())
_BY_DIGEST = statement(select(self_service_link).where(_columns.digest == bindparam("digest")))
_OF_PATIENT = statement(
    select(self_service_link)
    .where(_columns.patient_id == bindparam("patient_id"))
    .order_by(_columns.created_at, _columns.id)
)
_SAVE = statement(
    update(self_service_link)
    .where(_columns.id == bindparam("of"), _columns.version == bindparam("seen"))
    .values(
        assessments=bindparam("assessments"),
        ended_at=bindparam("ended_at"),
        version=bindparam("next"),
    )
)


async def find(tx: Transaction, link_id: UUID) -> Link:
    """A link. Raises LinkNotFound."""
    return _one(tx, await tx.fetch_one(_FIND, id=link_id))


async def lock(tx: Transaction, link_id: UUID) -> Link:
    """A link, kept from everybody else until the commit. Raises LinkNotFound."""
    return _one(tx, await tx.fetch_one(_LOCK, id=link_id))


async def behind(tx: Transaction, digest: bytes) -> Link | None:
    """The link of a token, if there is one."""
    row = await tx.fetch_one(_BY_DIGEST, digest=digest)
    return None if row is None else _link(row)


async def exists(tx: Transaction, link_id: UUID) -> bool:
    """Whether an identity is a link."""
    return await tx.fetch_one(_FIND, id=link_id) is not None


async def of_patient(tx: Transaction, patient_id: UUID) -> list[Link]:
    """All links of a patient, by when they were made."""
    return [_link(row) for row in await tx.fetch(_OF_PATIENT, patient_id=patient_id)]


def add(tx: Transaction, made: Link, digest: bytes) -> None:
    """Keep a new link under its token's digest."""
    tx.insert(
        self_service_link,
        id=made.id,
        network_id=tx.network,
        patient_id=made.patient_id,
        digest=digest,
        instruments=list(made.instruments),
        assessments={},
        created_by=made.created_by,
        created_at=made.created_at,
        expires_at=made.expires_at,
        version=made.version,
    )


def save(tx: Transaction, changed: Link) -> None:
    """Keep the state. Raises StaleVersion at the flush if somebody was faster."""
    tx.write(
        _SAVE,
        otherwise=StaleVersion(),
        of=changed.id,
        seen=changed.version - 1,
        next=changed.version,
        assessments={name: str(one) for name, one in changed.assessments.items()},
        ended_at=changed.ended_at,
    )


def _one(tx: Transaction, row: Record | None) -> Link:
    if row is None:
        raise LinkNotFound
    tx.about(row["patient_id"])
    return _link(row)


def _link(row: Record) -> Link:
    return Link(
        id=row["id"],
        patient_id=row["patient_id"],
        instruments=tuple(row["instruments"]),
        created_by=row["created_by"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        assessments={name: UUID(one) for name, one in row["assessments"].items()},
        ended_at=row["ended_at"],
        version=row["version"],
    )
