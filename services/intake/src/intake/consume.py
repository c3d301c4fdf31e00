"""Public events of others, turned into this service's own use cases."""

from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.handlers import Handlers, Projection
from kairos_events.envelope import Envelope
from kairos_events.fields import Code, Instant, Route
from kairos_events.model import Reader

from intake.domain.concern import Origin
from intake.use_cases.count_signal import CountSignal, count_signal
from intake.use_cases.heed_signal import HeedSignal, heed_signal
from intake.use_cases.note_dose import NoteDose, note_dose
from intake.use_cases.note_dosing_session import NoteDosingSession, note_dosing_session

handlers = Handlers("intake")
_SESSIONS = Projection("dosing_session", key="patient_id")


class SessionOpened(Reader, type="dosing.session_opened.v1"):
    """A patient is in a dosing session: no consent is signed or widened until its end."""

    session_id: UUID
    patient_id: UUID
    opened_at: Instant


class SessionDischarged(Reader, type="dosing.session_discharged.v1"):
    """A patient has left a dosing session."""

    session_id: UUID
    patient_id: UUID
    discharged_at: Instant


class SessionAborted(Reader, type="dosing.session_aborted.v2", since=1):
    """A dosing session was called off before a dose; version 1 is still read while it is kept."""

    session_id: UUID
    patient_id: UUID
    aborted_at: Instant


class DoseAdministered(Reader, type="dosing.dose_administered.v1"):
    """A dose was given."""

    dose_id: UUID
    session_id: UUID
    patient_id: UUID
    route: Route
    administered_at: Instant


class SessionLeft(Reader, type="dosing.session_left_against_advice.v1"):
    """A patient has left a dosing session before it was safe."""

    session_id: UUID
    patient_id: UUID
    left_at: Instant


class AdverseEventRecorded(Reader, type="dosing.adverse_event_recorded.v1"):
    """Something went wrong with a patient."""

    adverse_event_id: UUID
    patient_id: UUID
    code: Code
    grade: str
    serious: bool


class MisuseSignalRaised(Reader, type="dosing.misuse_signal_raised.v1"):
    """Something about a patient's use of ketamine is for a person to look at."""

    patient_id: UUID
    raised_at: Instant


class RedFlagRaised(Reader, type="integration.red_flag_raised.v1"):
    """A sign of danger was seen between the doses."""

    red_flag_id: UUID
    patient_id: UUID
    kind: Code
    severity: str


class IntegrationMissed(Reader, type="integration.integration_missed.v1"):
    """Integration was not done in time."""

    patient_id: UUID
    consecutive_misses: int
    missed_at: Instant


class TherapySessionRecorded(Reader, type="integration.therapy_session_recorded.v1"):
    """A therapy session took place; one of integration ends the row of missed ones."""

    patient_id: UUID
    episode_id: UUID | None
    kind: str
    ended_at: Instant

    @property
    def integrates(self) -> bool:
        """Whether it was integration: in a group, where it completed an episode."""
        return self.kind == "integration" or (self.kind == "group" and self.episode_id is not None)


@handlers.on(SessionOpened, rebuilds=_SESSIONS)
async def on_session_opened(event: SessionOpened, _envelope: Envelope, tx: Transaction) -> None:
    """Close the door for signatures."""
    await note_dosing_session(
        NoteDosingSession(
            session_id=event.session_id, patient_id=event.patient_id, opened_at=event.opened_at
        ),
        tx,
    )


@handlers.on(SessionDischarged, rebuilds=_SESSIONS)
async def on_session_discharged(
    event: SessionDischarged, _envelope: Envelope, tx: Transaction
) -> None:
    """Open it again."""
    await _ended(event.session_id, event.patient_id, event.discharged_at, tx)


@handlers.on(SessionAborted, rebuilds=_SESSIONS)
async def on_session_aborted(event: SessionAborted, _envelope: Envelope, tx: Transaction) -> None:
    """Open it again: nothing was given."""
    await _ended(event.session_id, event.patient_id, event.aborted_at, tx)


@handlers.on(SessionLeft, rebuilds=_SESSIONS)
async def on_session_left(event: SessionLeft, _envelope: Envelope, tx: Transaction) -> None:
    """Open it again, although it was not safe to leave."""
    await _ended(event.session_id, event.patient_id, event.left_at, tx)


async def _ended(session_id: UUID, patient_id: UUID, at: datetime, tx: Transaction) -> None:
    command = NoteDosingSession(session_id=session_id, patient_id=patient_id, ended_at=at)
    await note_dosing_session(command, tx)


@handlers.on(DoseAdministered, rebuilds=Projection("dose_given", key="patient_id"))
async def on_dose_administered(
    event: DoseAdministered, _envelope: Envelope, tx: Transaction
) -> None:
    """Questions about the time around it are mixed."""
    await note_dose(
        NoteDose(
            dose_id=event.dose_id,
            session_id=event.session_id,
            patient_id=event.patient_id,
            route=event.route.value,
            administered_at=event.administered_at,
        ),
        tx,
    )


@handlers.on(AdverseEventRecorded)
async def on_adverse_event(
    event: AdverseEventRecorded, _envelope: Envelope, tx: Transaction
) -> None:
    """A grave one is a safety concern, once for all versions of its record."""
    await heed_signal(
        HeedSignal(
            patient_id=event.patient_id,
            origin=Origin.ADVERSE_EVENT,
            origin_id=event.adverse_event_id,
            code=event.code,
            graded="serious" if event.serious else event.grade,
        ),
        tx,
    )


@handlers.on(RedFlagRaised)
async def on_red_flag(event: RedFlagRaised, _envelope: Envelope, tx: Transaction) -> None:
    """A sign of danger is a safety concern."""
    await heed_signal(
        HeedSignal(
            patient_id=event.patient_id,
            origin=Origin.RED_FLAG,
            origin_id=event.red_flag_id,
            code=event.kind,
            graded=event.severity,
        ),
        tx,
    )


@handlers.on(MisuseSignalRaised)
async def on_misuse_signal(event: MisuseSignalRaised, _envelope: Envelope, tx: Transaction) -> None:
    """The prescriber weighs it before the next dose."""
    await count_signal(
        CountSignal(
            patient_id=event.patient_id, fact="misuse_signals", occurred_at=event.raised_at
        ),
        tx,
    )


@handlers.on(IntegrationMissed)
async def on_integration_missed(
    event: IntegrationMissed, _envelope: Envelope, tx: Transaction
) -> None:
    """From the second miss in a row on a prescriber weighs it before the next dose."""
    await count_signal(
        CountSignal(
            patient_id=event.patient_id,
            fact="integration_misses",
            occurred_at=event.missed_at,
            count=event.consecutive_misses,
        ),
        tx,
    )


@handlers.on(TherapySessionRecorded)
async def on_therapy_session(
    event: TherapySessionRecorded, _envelope: Envelope, tx: Transaction
) -> None:
    """Integration that took place ends the row of misses."""
    if not event.integrates:
        return
    await count_signal(
        CountSignal(
            patient_id=event.patient_id,
            fact="integration_misses",
            occurred_at=event.ended_at,
            count=0,
        ),
        tx,
    )
