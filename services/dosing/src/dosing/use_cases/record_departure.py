"""Chart that a patient leaves against advice."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.auth import Caller
from kairos_chassis.clock import Clock
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion
from kairos_chassis.policy import admit_site

from dosing import publish
from dosing.domain import discharge
from dosing.domain.care_errors import DepartureUnneeded, RisksNotExplained
from dosing.domain.discharge import Leaving
from dosing.domain.follow_up import Occasion
from dosing.domain.session import Session, State
from dosing.store import departures, sessions
from dosing.store.departures import Departure
from dosing.store.watch_timers import ESCORT_PAGE, cancel, cancel_overdue
from dosing.use_cases.discharge_facts import discharge_facts
from dosing.use_cases.request_follow_ups import RequestFollowUps, request_follow_ups


class DepartureReason(StrEnum):
    """Why the patient would not stay."""

    INSISTED = "insisted"
    LEFT_UNSEEN = "left_unseen"
    EMERGENCY_ELSEWHERE = "emergency_elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDeparture:
    """What was done to keep the patient safe. Nobody is held; driving is what is prevented."""

    session_id: UUID
    reason: DepartureReason
    leaving: Leaving
    risks_explained: bool
    keys_kept: bool
    escort_called: bool
    version: int  # as the caller has read it
    by: Caller


async def record_departure(command: RecordDeparture, clock: Clock, tx: Transaction) -> Session:
    """End the session, name what did not hold, announce it and have the patient called.

    Drug still in hand stays to be wasted. Raises SessionNotFound (404), StaleVersion (412),
    IllegalMove, RisksNotExplained, DepartureUnneeded (409).
    """
    session = await sessions.lock(tx, command.session_id)
    admit_site(command.by, session.site_id)
    if session.version != command.version:
        raise StaleVersion
    session.check_open()
    unseen = command.reason is DepartureReason.LEFT_UNSEEN
    if not command.risks_explained and not unseen:
        raise RisksNotExplained
    by = command.by.subject
    left = session.move(State.LEFT_AGAINST_ADVICE, by=by, cause=command.reason.value, at=tx.now)
    unmet = discharge.failing(await discharge_facts(session, command.leaving, clock, tx))
    if not unmet:
        raise DepartureUnneeded
    sessions.save(tx, left)
    departures.add_departure(
        tx,
        Departure(
            session_id=session.id,
            patient_id=session.patient_id,
            unmet_criteria=unmet,
            reason=command.reason.value,
            risks_explained=command.risks_explained,
            keys_kept=command.keys_kept,
            escort_called=command.escort_called,
            charted_by=by,
            left_at=tx.now,
            recorded_at=tx.now,
        ),
    )
    cancel_overdue(tx, session.id)
    cancel(tx, ESCORT_PAGE, session.id)
    await outbox.append(tx, publish.session_left_against_advice(left, unmet, tx.now))
    asked = RequestFollowUps(session=left, occasion=Occasion.DEPARTURE, since=tx.now)
    await request_follow_ups(asked, tx)
    return left
