"""End a session in which no dose will be given."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion
from kairos_chassis.policy import admit_site

from dosing import publish
from dosing.domain.errors import DrugUnaccounted
from dosing.domain.ledger import held
from dosing.domain.session import Session, State
from dosing.store import containers, sessions


class AbortReason(StrEnum):
    """Why no dose was given."""

    VITAL_SIGNS = "vital_signs"
    NOT_CLEARED = "not_cleared"
    PATIENT_DECLINED = "patient_declined"
    SAFETY_CONCERN = "safety_concern"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class AbortSession:
    """No dose will be given in this session."""

    session_id: UUID
    reason: AbortReason
    version: int  # as the caller has read it
    by: Caller


async def abort_session(command: AbortSession, tx: Transaction) -> Session:
    """End it and announce it, both or neither.

    Raises SessionNotFound (404), StaleVersion (412), IllegalMove after a dose, DrugUnaccounted
    (409) while drawn drug is in hand.
    """
    session = await sessions.lock(tx, command.session_id)
    admit_site(command.by, session.site_id)
    if session.version != command.version:
        raise StaleVersion
    aborted = session.move(
        State.ABORTED, by=command.by.subject, cause=command.reason.value, at=tx.now
    )
    if held(await containers.entries_of_session(tx, session.id)) != 0:
        raise DrugUnaccounted
    sessions.save(tx, aborted)
    by, reason = command.by.subject, command.reason.value
    await outbox.append(tx, publish.session_aborted(aborted, reason, by, tx.now))
    return aborted
