"""From others' public events to this service's use cases."""

from datetime import datetime
from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.handlers import Handlers, Projection
from kairos_chassis.heard import KEPT, CareTeamChanged, Erasure, PatientErased, keep_team
from kairos_events.envelope import Envelope
from kairos_events.fields import Code, ExactDecimal, Instant, PositiveDecimal, Route
from kairos_events.model import Reader, ReaderModel

from integration.domain.dose import Dose
from integration.domain.measure import Anchor
from integration.domain.visit import Visit, VisitState
from integration.store.last_care import last_care
from integration.use_cases.keep_dose import keep_dose
from integration.use_cases.keep_visit import keep_visit
from integration.use_cases.note_dose import note_dose
from integration.use_cases.note_same_person import NoteSamePerson, note_same_person
from integration.use_cases.note_visit import note_visit
from integration.use_cases.open_episode import OpenEpisode, open_episode
from integration.use_cases.owe_safety_call import OweSafetyCall, owe_safety_call
from integration.use_cases.plan_measures import PlanMeasures, plan_measures
from integration.use_cases.record_outcome import RecordOutcome, record_outcome

handlers = Handlers("integration")
handlers.on(PatientErased)(Erasure(last_care).on_event)
handlers.on(CareTeamChanged, rebuilds=KEPT)(keep_team)


class _OfSession(ReaderModel):
    session_id: UUID
    patient_id: UUID
    site_id: UUID
    route: Route
    last_dose_at: Instant

    def episode(self, left_at: datetime) -> OpenEpisode:
        values = self.model_dump(include=set(_OfSession.model_fields))
        return OpenEpisode(**{**values, "route": self.route.value}, left_at=left_at)


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
    mg_per_kg: PositiveDecimal | None = None

    def dose(self) -> Dose:
        values = self.model_dump()
        return Dose(id=values.pop("dose_id"), **{**values, "route": self.route.value})


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
        return Visit(id=self.visit_id, state=state, **self.model_dump(exclude={"visit_id"}))


class VisitBooked(Reader, _OfVisit, type="scheduling.visit_booked.v1"):
    """A visit is in the calendar."""


class VisitMoved(Reader, _OfVisit, type="scheduling.visit_moved.v1"):
    """A visit is at another time."""


class VisitCancelled(Reader, _OfVisit, type="scheduling.visit_cancelled.v1"):
    """A visit will not take place."""


class VisitMissed(Reader, _OfVisit, type="scheduling.visit_missed.v1"):
    """A patient did not come."""


class _Pair(ReaderModel):
    surviving_patient_id: UUID
    merged_patient_id: UUID


class PatientMerged(Reader, _Pair, type="intake.patient_merged.v1"):
    """Two records turned out to be one person."""


class PatientUnmerged(Reader, _Pair, type="intake.patient_unmerged.v1"):
    """They belong to two people after all."""


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


async def _keep_dose(event: DoseAdministered, _: Envelope, tx: Transaction) -> None:
    await keep_dose(event.dose(), tx)


@handlers.on(DoseAdministered, rebuilds=Projection("dose", key="patient_id"), keeps=_keep_dose)
async def on_dose_administered(event: DoseAdministered, _: Envelope, tx: Transaction) -> None:
    """Keep the dose; owe the calls after a first one."""
    await note_dose(event.dose(), tx)


@handlers.on(FollowUpRequested)
async def on_follow_up_requested(event: FollowUpRequested, _: Envelope, tx: Transaction) -> None:
    """Owe the call; one that is owed already is the same."""
    values = event.model_dump()
    await owe_safety_call(OweSafetyCall(occasion=values.pop("kind"), **values), tx)


def _on_visit(reader: type[Any], state: VisitState) -> None:
    """Know what became of a visit, and act where it is the integration that is owed."""

    async def note(event: _OfVisit, _: Envelope, tx: Transaction) -> None:
        await note_visit(event.visit(state), tx)

    async def keep(event: _OfVisit, _: Envelope, tx: Transaction) -> None:
        await keep_visit(event.visit(state), tx)

    handlers.on(reader, rebuilds=Projection("planned_visit", key="patient_id"), keeps=keep)(note)


_on_visit(VisitBooked, VisitState.PLANNED)
_on_visit(VisitMoved, VisitState.PLANNED)
_on_visit(VisitCancelled, VisitState.CANCELLED)
_on_visit(VisitMissed, VisitState.MISSED)


def _on_pair(reader: type[Any], *, same: bool) -> None:
    """Read both records as one person's, or each for itself again."""

    async def note(event: _Pair, told: Envelope, tx: Transaction) -> None:
        await note_same_person(NoteSamePerson(**event.model_dump(), same=same, at=told.time), tx)

    handlers.on(reader, rebuilds=Projection("same_person", key="surviving_patient_id"))(note)


_on_pair(PatientMerged, same=True)
_on_pair(PatientUnmerged, same=False)


@handlers.on(PatientRegistered)
async def on_patient_registered(event: PatientRegistered, _: Envelope, tx: Transaction) -> None:
    """Plan the baseline."""
    who, at = event.patient_id, event.registered_at
    baseline = PlanMeasures(patient_id=who, anchor=Anchor.REGISTRATION, anchor_id=who, at=at)
    await plan_measures(baseline, tx)


@handlers.on(AssessmentCompleted)
async def on_assessment_completed(event: AssessmentCompleted, _: Envelope, tx: Transaction) -> None:
    """Compare the total with the baseline."""
    score = next((one.value for one in event.scores if one.code in ("total", "mean")), None)
    await record_outcome(RecordOutcome(**event.model_dump(exclude={"scores"}), score=score), tx)
