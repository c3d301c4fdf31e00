"""Sign a version of a protocol as a medical director."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction

from dosing.domain.care_errors import ProtocolNotSigned
from dosing.domain.errors import NotLicensed
from dosing.domain.policy import Signature
from dosing.store import practitioners, protocols


@dataclass(frozen=True, slots=True, kw_only=True)
class SignProtocol:
    """Exactly this text: `sha256` is the hash of what the director has read."""

    code: str
    version: str
    sha256: str
    by: UUID


async def sign_protocol(command: SignProtocol, tx: Transaction) -> Signature:
    """Keep the signature; a repeat changes nothing.

    Raises NoProtocol, ProtocolNotSigned where the text is another, NotLicensed for somebody whom
    scheduling has not announced as a medical director (409).
    """
    document = await protocols.document(tx, command.code, command.version)
    if document.sha256 != command.sha256:
        raise ProtocolNotSigned
    if "medical_director" not in (await practitioners.one(tx, command.by)).roles:
        raise NotLicensed
    for earlier in await protocols.signatures(tx, command.code, command.version):
        if earlier.signed_by == command.by:
            return earlier
    signed = Signature(
        code=command.code,
        version=command.version,
        sha256=command.sha256,
        signed_by=command.by,
        signed_at=tx.now,
    )
    protocols.add_signature(tx, signed)
    return signed
