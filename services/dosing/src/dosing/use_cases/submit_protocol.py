"""Submit a network's own version of a protocol."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction

from dosing import data
from dosing.domain.care_errors import ProtocolExists, ProtocolUnsound
from dosing.domain.errors import NoProtocol
from dosing.domain.policy import ProtocolDocument
from dosing.store import protocols


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitProtocol:
    """The document as a whole: never a change of one figure."""

    content: dict[str, Any]
    by: UUID


async def submit_protocol(command: SubmitProtocol, tx: Transaction) -> ProtocolDocument:
    """Keep it, unsigned: no session is opened by it.

    Raises ProtocolUnsound (422) naming every fault, ProtocolExists (409).
    """
    if faults := data.faults_of(command.content):
        raise ProtocolUnsound(faults)
    parsed = data.protocol_of(command.content)
    if await _known(tx, parsed.code, parsed.version):
        raise ProtocolExists
    submitted = ProtocolDocument(
        code=parsed.code,
        version=parsed.version,
        route=parsed.route,
        locale=parsed.locale,
        content=command.content,
        sha256=data.hash_of(command.content),
        submitted_by=command.by,
        submitted_at=tx.now,
    )
    protocols.add(tx, submitted)
    return submitted


async def _known(tx: Transaction, code: str, version: str) -> bool:
    try:
        await protocols.find(tx, code, version)
    except NoProtocol:
        return False
    return True
