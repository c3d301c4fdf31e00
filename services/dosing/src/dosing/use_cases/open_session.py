"""Open the session of a checked-in visit."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from dosing import publish
from dosing.domain.session import Move, Session, State
from dosing.store import patients, protocols, sessions, sites


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A patient has been checked in for a dose."""

    visit_id: UUID
    patient_id: UUID
    site_id: UUID
    site_state: str
    site_zone: str
    route: str
    checked_in_at: datetime  # aware, UTC


async def open_session(command: OpenSession, tx: Transaction) -> UUID:
    """Open the session by the protocol in force and announce it; a repeat changes nothing.

    Returns the session's id. Raises NoProtocol (409) for a route without one.
    """
    if (earlier := await sessions.id_of_visit(tx, command.visit_id)) is not None:
        return earlier
    protocol = await protocols.in_force(
        tx, command.route, await sites.locale_of(tx, command.site_id)
    )
    first = Move(
        seq=1, before=None, after=State.CHECKED_IN, by=None, cause="visit_checked_in", at=tx.now
    )
    opened = Session(
        id=uuid7(),
        visit_id=command.visit_id,
        patient_id=command.patient_id,
        site_id=command.site_id,
        site_state=command.site_state,
        site_zone=command.site_zone,
        route=command.route,
        protocol_code=protocol.code,
        protocol_version=protocol.version,
        # A late event makes nothing of what was seen since the check-in impossible.
        opened_at=min(command.checked_in_at, tx.now),
        moves=(first,),
    )
    patients.add(tx, command.patient_id)
    sessions.add(tx, opened)
    await outbox.append(tx, publish.session_opened(opened))
    return opened.id
