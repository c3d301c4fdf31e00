"""Record an adverse event, or what is known of it by now."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing import data, publish
from dosing.domain.adverse_event import AdverseEvent, Grade, Outcome, Seriousness, report_due
from dosing.domain.errors import ImpossibleTime
from dosing.domain.follow_up import Occasion
from dosing.domain.session import Session
from dosing.store import adverse_events, exposures, sessions
from dosing.store.watch_timers import ADVERSE_EVENT_REPORT, cancel, schedule
from dosing.use_cases.request_follow_ups import RequestFollowUps, request_follow_ups
from dosing.use_cases.watch_event import watch_event


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAdverseEvent:
    """What is known of it; with `adverse_event_id` a further version of that one."""

    adverse_event_id: UUID | None
    session_id: UUID
    code: str
    grade: Grade
    seriousness: tuple[Seriousness, ...]
    narrative: str
    outcome: Outcome
    onset_at: datetime  # aware, UTC
    resolved_at: datetime | None
    reported_at: datetime | None
    report_reference: str | None
    by: Caller


async def record_adverse_event(command: RecordAdverseEvent, tx: Transaction) -> AdverseEvent:
    """Keep a version and announce it; a serious one starts its clock.

    A severe one makes its session's dose one that was not tolerated. Raises SessionNotFound,
    AdverseEventNotFound (404), ImpossibleTime (422).
    """
    session = await sessions.lock(tx, command.session_id)
    admit_site(command.by, session.site_id)
    ends = (command.resolved_at, command.reported_at)
    if command.onset_at > tx.now or any(one is not None and one < command.onset_at for one in ends):
        raise ImpossibleTime
    before = None
    if command.adverse_event_id is not None:
        before = (await adverse_events.versions(tx, command.adverse_event_id))[-1]
    recorded = _version(command, session, before, tx)
    adverse_events.add(tx, recorded)
    await outbox.append(tx, publish.adverse_event_recorded(recorded))
    _set_clock(recorded, tx)
    await watch_event(session.patient_id, recorded.code, tx)
    severe = recorded.grade >= data.report_policy().not_tolerated_from
    if severe and (before is None or before.grade < recorded.grade):
        exposures.add_intolerance(tx, session.patient_id, session.id, "adverse_event")
    if before is None and (severe or recorded.serious):
        asked = RequestFollowUps(session=session, occasion=Occasion.ADVERSE_EVENT, since=tx.now)
        await request_follow_ups(asked, tx)
    return recorded


def _version(
    command: RecordAdverseEvent, session: Session, before: AdverseEvent | None, tx: Transaction
) -> AdverseEvent:
    seriousness = tuple(one.value for one in command.seriousness)
    due = report_due(command.grade, seriousness, tx.now, data.report_policy())
    if before is not None and before.report_due_at is not None and due is not None:
        due = min(due, before.report_due_at)  # a clock that runs is never set back
    return AdverseEvent(
        adverse_event_id=uuid7() if before is None else before.adverse_event_id,
        version=1 if before is None else before.version + 1,
        patient_id=session.patient_id,
        session_id=session.id,
        site_id=session.site_id,
        code=command.code,
        grade=command.grade,
        seriousness=seriousness,
        narrative=command.narrative,
        outcome=command.outcome,
        onset_at=command.onset_at,
        resolved_at=command.resolved_at,
        report_due_at=due,
        reported_at=command.reported_at,
        report_reference=command.report_reference,
        recorded_by=command.by.subject,
        recorded_at=tx.now,
    )


def _set_clock(recorded: AdverseEvent, tx: Transaction) -> None:
    if recorded.report_due_at is None or recorded.reported_at is not None:
        cancel(tx, ADVERSE_EVENT_REPORT, recorded.adverse_event_id)
    else:
        schedule(tx, ADVERSE_EVENT_REPORT, recorded.adverse_event_id, recorded.report_due_at)
