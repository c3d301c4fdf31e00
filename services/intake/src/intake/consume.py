"""Public events of others, turned into this service's own use cases."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.handlers import Handlers, Projection
from kairos_events.envelope import Envelope
from kairos_events.fields import Instant, Route
from kairos_events.model import Reader

from intake.use_cases.note_dose import NoteDose, note_dose
from intake.use_cases.note_dosing_session import NoteDosingSession, note_dosing_session

handlers = Handlers("intake")


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


class SessionAborted(Reader, type="dosing.session_aborted.v1"):
    """A dosing session was called off before a dose."""

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


@handlers.on(SessionOpened, rebuilds=Projection("dosing_session", key="patient_id"))
async def on_session_opened(event: SessionOpened, _envelope: Envelope, tx: Transaction) -> None:
    """Close the door for signatures."""
    await note_dosing_session(
        NoteDosingSession(
            session_id=event.session_id, patient_id=event.patient_id, opened_at=event.opened_at
        ),
        tx,
    )


@handlers.on(SessionDischarged, rebuilds=Projection("dosing_session", key="patient_id"))
async def on_session_discharged(
    event: SessionDischarged, _envelope: Envelope, tx: Transaction
) -> None:
    """Open it again."""
    await note_dosing_session(
        NoteDosingSession(
            session_id=event.session_id,
            patient_id=event.patient_id,
            ended_at=event.discharged_at,
        ),
        tx,
    )


@handlers.on(SessionAborted, rebuilds=Projection("dosing_session", key="patient_id"))
async def on_session_aborted(event: SessionAborted, _envelope: Envelope, tx: Transaction) -> None:
    """Open it again: nothing was given."""
    await note_dosing_session(
        NoteDosingSession(
            session_id=event.session_id, patient_id=event.patient_id, ended_at=event.aborted_at
        ),
        tx,
    )


@handlers.on(DoseAdministered)
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
