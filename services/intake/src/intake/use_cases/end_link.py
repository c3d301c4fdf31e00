"""End a self-service link before its time."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction

from intake.domain.self_service import Link
from intake.store import links


@dataclass(frozen=True, slots=True, kw_only=True)
class EndLink:
    """It went to the wrong phone, or is needed no more."""

    link_id: UUID


async def end_link(command: EndLink, tx: Transaction) -> Link:
    """From the commit on it opens nothing. Raises LinkNotFound (404), LinkEnded (409)."""
    ended = (await links.lock(tx, command.link_id)).end(tx.now)
    links.save(tx, ended)
    return ended
