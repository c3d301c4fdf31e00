"""Rule sets and overlays of a network. Rows are only ever added; the newest is in force."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from kairos_events.uuid7 import uuid7
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import distinct_on

from intake.domain.rule_sets import Scope, ScopeKind
from intake.store.rule_tables import rule_publication, rule_signature

_columns = rule_publication.c
_IN_FORCE = statement(
    select(rule_publication)
    .ext(distinct_on(_columns.kind, _columns.scope_kind, _columns.scope_value))
    .order_by(_columns.kind, _columns.scope_kind, _columns.scope_value, _columns.seq.desc())
)
_OF_VERSION = statement(select(_columns.sha256).where(_columns.version == bindparam("version")))
_SIGNATURE = statement(
    select(rule_signature)
    .where(rule_signature.c.sha256 == bindparam("sha256"))
    .order_by(rule_signature.c.signed_at)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A rule set or overlay as it was published."""

    id: UUID
    kind: str  # rule_set or overlay
    scope: Scope
    version: str
    sha256: str  # of the document
    document: dict[str, Any]
    loosens: tuple[str, ...]
    signed_by: UUID | None
    published_by: UUID
    published_at: datetime


async def in_force(tx: Transaction) -> list[Publication]:
    """The newest rule set and the newest overlay of every scope."""
    return [_publication(row) for row in await tx.fetch(_IN_FORCE)]


async def version_taken(tx: Transaction, version: str, sha256: str) -> bool:
    """Whether the version was published with other content."""
    rows = await tx.fetch(_OF_VERSION, version=version)
    return any(row["sha256"] != sha256 for row in rows)


async def signers(tx: Transaction, sha256: str) -> list[UUID]:
    """Who has signed a document, the first first."""
    return [row["signed_by"] for row in await tx.fetch(_SIGNATURE, sha256=sha256)]


def sign(tx: Transaction, sha256: str, *, by: UUID) -> None:
    """Keep a signature."""
    tx.insert(
        rule_signature,
        id=uuid7(),
        network_id=tx.network,
        sha256=sha256,
        signed_by=by,
        signed_at=tx.now,
    )


def publish(tx: Transaction, made: Publication) -> None:
    """Keep a publication: it is in force from now on."""
    tx.insert(
        rule_publication,
        id=made.id,
        network_id=tx.network,
        kind=made.kind,
        scope_kind=made.scope.kind,
        scope_value=made.scope.value,
        version=made.version,
        sha256=made.sha256,
        document=made.document,
        loosens=list(made.loosens),
        signed_by=made.signed_by,
        published_by=made.published_by,
        published_at=made.published_at,
    )


def _publication(row: Record) -> Publication:
    return Publication(
        id=row["id"],
        kind=row["kind"],
        scope=Scope(kind=ScopeKind(row["scope_kind"]), value=row["scope_value"]),
        version=row["version"],
        sha256=row["sha256"],
        document=row["document"],
        loosens=tuple(row["loosens"]),
        signed_by=row["signed_by"],
        published_by=row["published_by"],
        published_at=row["published_at"],
    )
