"""Put a signed version of a protocol in force."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from dosing.domain.care_errors import ProtocolNotSigned
from dosing.domain.policy import Publication
from dosing.store import protocols


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishProtocol:
    """From now on sessions of its route are opened by it; those that are open keep theirs."""

    code: str
    version: str
    by: UUID


async def publish_protocol(command: PublishProtocol, tx: Transaction) -> Publication:
    """Put it in force. Raises NoProtocol, ProtocolNotSigned (409)."""
    document = await protocols.document(tx, command.code, command.version)
    signed = await protocols.signatures(tx, command.code, command.version)
    if not any(one.sha256 == document.sha256 for one in signed):
        raise ProtocolNotSigned
    published = Publication(
        id=uuid7(),
        route=document.route,
        locale=document.locale,
        code=document.code,
        version=document.version,
        sha256=document.sha256,
        published_by=command.by,
        published_at=tx.now,
    )
    protocols.add_publication(tx, published)
    return published
