"""From others' public events to this service's use cases."""

from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.handlers import Handlers
from kairos_events.envelope import Envelope
from kairos_events.fields import Code, ExactDecimal, Instant, PositiveDecimal, Route
from kairos_events.model import Reader, ReaderModel

from integration.domain.dose import Dose
from integration.domain.measure import Anchor
from integration.domain.visit import Visit, VisitState
from integration.use_cases.note_dose import note_dose
from integration.use_cases.note_visit import note_visit
from integration.use_cases.open_episode import OpenEpisode, open_episode
from integration.use_cases.owe_safety_call import OweSafetyCall, owe_safety_call
from integration.use_cases.plan_measures import PlanMeasures, plan_measures
from integration.use_cases.record_outcome import RecordOutcome, record_outcome

handlers = Handlers("integration")


class _OfSession(ReaderModel):
    session_id: UUID
    patient_id: UUID
    site_id: UUID
    route: Route
    last_dose_at: Instant

    def episode(self, left_at: datetime) -> OpenEpisode:
        return OpenEpisode(
            session_id=self.session_id,
            patient_id=self.patient_id,
            site_id=self.site_id,
            route=self.route.value,
            last_dose_at=self.last_dose_at,
            left_at=left_at,
        )


class SessionDischarged(Reader, _OfSession, type="dosing.session_discharged.v1"):
    """A patient has left a dosing session safely; integration is due from its last dose."""

    discharged_at: Instant


class LeftAgainstAdvice(Reader, _OfSession, type="dosing.session_left_against_advice.v1"):
    """A patient has left a dosing session too early: integration is owed no less."""

    left_at: Instant


class DoseAdministered(Reader, type="dosing.dose_administered.v1"):
    """A dose was given; the first one owes the patient calls."""

    dose_id: UUID
    session_id: UUID
    patient_id: UUID
    site_id: UUID
    route: Route
    amount_mg: PositiveDecimal
    administered_at: Instant


class FollowUpRequested(Reader, type="dosing.follow_up_requested.v1"):
    """Dosing asks for a call."""

    session_id: UUID
    patient_id: UUID
    kind: Code
    due_at: Instant


class _OfVisit(ReaderModel):
    visit_id: UUID
    patient_id: UUID
    site_id: UUID
    visit_type: Code
    starts_at: Instant

    def visit(self, state: VisitState) -> Visit:
        return Visit(
            id=self.visit_id,
            patient_id=self.patient_id,
            site_id=self.site_id,
            visit_type=self.visit_type,
            starts_at=self.starts_at,
            state=state,
        )


class VisitBooked(Reader, _OfVisit, type="scheduling.visit_booked.v1"):
    """A visit is in the calendar."""


class VisitMoved(Reader, _OfVisit, type="scheduling.visit_moved.v1"):
    """A visit is at another time."""


class VisitCancelled(Reader, _OfVisit, type="scheduling.visit_cancelled.v1"):
    """A visit will not take place."""


class VisitMissed(Reader, _OfVisit, type="scheduling.visit_missed.v1"):
    """A patient did not come."""


class PatientRegistered(Reader, type="intake.patient_registered.v1"):
    """A patient is known: a baseline is due."""

    patient_id: UUID
    registered_at: Instant


class Score(ReaderModel):
    """One number of an assessment."""

    code: Code
    value: ExactDecimal


class AssessmentCompleted(Reader, type="intake.assessment_completed.v1"):
    """A rating scale was filled in."""

    assessment_id: UUID
    patient_id: UUID
    instrument: Code
    scores: tuple[Score, ...]
    recall_overlaps_dose: bool
    completed_at: Instant


@handlers.on(SessionDischarged)
async def on_session_discharged(event: SessionDischarged, _: Envelope, tx: Transaction) -> None:
    """Open the episode that follows."""
    await open_episode(event.episode(event.discharged_at), tx)


@handlers.on(LeftAgainstAdvice)
async def on_left_against_advice(event: LeftAgainstAdvice, _: Envelope, tx: Transaction) -> None:
    """Open the episode that follows."""
    await open_episode(event.episode(event.left_at), tx)


@handlers.on(DoseAdministered)
async def on_dose_administered(event: DoseAdministered, _: Envelope, tx: Transaction) -> None:
    """Keep the dose; owe the calls after a first one."""
    values = event.model_dump()
    await note_dose(Dose(id=values.pop("dose_id"), **{**values, "route": event.route.value}), tx)


@handlers.on(FollowUpRequested)
async def on_follow_up_requested(event: FollowUpRequested, _: Envelope, tx: Transaction) -> None:
    """Owe the call; one that is owed already is the same."""
    values = event.model_dump()
    await owe_safety_call(OweSafetyCall(occasion=values.pop("kind"), **values), tx)


@handlers.on(VisitBooked)
async def on_visit_booked(event: VisitBooked, _: Envelope, tx: Transaction) -> None:
    """Know the visit."""
    await note_visit(event.visit(VisitState.PLANNED), tx)


@handlers.on(VisitMoved)
async def on_visit_moved(event: VisitMoved, _: Envelope, tx: Transaction) -> None:
    """Know its new time."""
    await note_visit(event.visit(VisitState.PLANNED), tx)


@handlers.on(VisitCancelled)
async def on_visit_cancelled(event: VisitCancelled, _: Envelope, tx: Transaction) -> None:
    """Expect it no longer."""
    await note_visit(event.visit(VisitState.CANCELLED), tx)


@handlers.on(VisitMissed)
async def on_visit_missed(event: VisitMissed, _: Envelope, tx: Transaction) -> None:
    """Have the patient called."""
    await note_visit(event.visit(VisitState.MISSED), tx)


@handlers.on(PatientRegistered)
async def on_patient_registered(event: PatientRegistered, _: Envelope, tx: Transaction) -> None:
    """Plan the baseline."""
    planned = PlanMeasures(
        patient_id=event.patient_id,
        anchor=Anchor.REGISTRATION,
        anchor_id=event.patient_id,
        at=event.registered_at,
    )
    await plan_measures(planned, tx)


@handlers.on(AssessmentCompleted)
async def on_assessment_completed(event: AssessmentCompleted, _: Envelope, tx: Transaction) -> None:
    """Compare the total with the baseline."""
    total = [score.value for score in event.scores if score.code in ("total", "mean")]
    await record_outcome(
        RecordOutcome(
            patient_id=event.patient_id,
            assessment_id=event.assessment_id,
            instrument=event.instrument,
            score=total[0] if total else None,
            recall_overlaps_dose=event.recall_overlaps_dose,
            completed_at=event.completed_at,
        ),
        tx,
    )
