"""Protocols: those shipped, and those of a network's own, at rest. Rows are only ever added."""

import json
from functools import lru_cache

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select

from dosing import data
from dosing.domain.errors import NoProtocol
from dosing.domain.locale import Locale
from dosing.domain.policy import ProtocolDocument, Publication, Signature
from dosing.domain.protocol import Protocol
from dosing.domain.session import Session
from dosing.store import records
from dosing.store.protocol_tables import (
    protocol_document,
    protocol_publication,
    protocol_signature,
)

_FIND = statement(
    select(protocol_document).where(
        protocol_document.c.code == bindparam("code"),
        protocol_document.c.version == bindparam("version"),
    )
)
_LATEST = statement(
    select(protocol_publication)
    .where(
        protocol_publication.c.route == bindparam("route"),
        protocol_publication.c.locale == bindparam("locale"),
    )
    .order_by(protocol_publication.c.published_at.desc(), protocol_publication.c.id.desc())
    .limit(1)
)
_SIGNATURES = statement(
    select(protocol_signature)
    .where(
        protocol_signature.c.code == bindparam("code"),
        protocol_signature.c.version == bindparam("version"),
    )
    .order_by(protocol_signature.c.signed_at)
)


async def in_force(tx: Transaction, route: str, locale: Locale) -> Protocol:
    """What a session of this route is opened by: the network's own, else the one shipped.

    A route without a dose table for the locale has one for everywhere. Raises NoProtocol.
    """
    row = await tx.fetch_one(_LATEST, route=route, locale=locale.value)
    if row is None and data.has_protocol(route, locale.value):
        return data.protocol_for(route, locale.value)
    if row is None and locale is not Locale.US:
        return await in_force(tx, route, Locale.US)
    if row is None:
        raise NoProtocol
    return await find(tx, row["code"], row["version"])


async def pinned(tx: Transaction, session: Session) -> Protocol:
    """The version a session was opened with."""
    return await find(tx, session.protocol_code, session.protocol_version)


async def find(tx: Transaction, code: str, version: str) -> Protocol:
    """One version of one protocol. Raises NoProtocol."""
    shipped = data.shipped(code, version)
    if shipped is not None:
        return shipped
    own = await document(tx, code, version)
    return _parsed(own.sha256, json.dumps(own.content))


async def document(tx: Transaction, code: str, version: str) -> ProtocolDocument:
    """A network's own version. Raises NoProtocol."""
    row = await tx.fetch_one(_FIND, code=code, version=version)
    if row is None:
        raise NoProtocol
    return records.read(ProtocolDocument, row)


async def signatures(tx: Transaction, code: str, version: str) -> list[Signature]:
    """Who answers for a version, first the one who signed first."""
    rows = await tx.fetch(_SIGNATURES, code=code, version=version)
    return [records.read(Signature, row) for row in rows]


def add(tx: Transaction, submitted: ProtocolDocument) -> None:
    """Keep a version."""
    records.add(tx, protocol_document, submitted)


def add_signature(tx: Transaction, signed: Signature) -> None:
    """Keep a signature."""
    records.add(tx, protocol_signature, signed)


def add_publication(tx: Transaction, published: Publication) -> None:
    """Put a version in force."""
    records.add(tx, protocol_publication, published)


@lru_cache(maxsize=256)
def _parsed(_sha256: str, content: str) -> Protocol:
    return data.protocol_of(json.loads(content))
