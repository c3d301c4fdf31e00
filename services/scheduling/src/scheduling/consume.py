"""Public events of others, turned into this service's own use cases."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.handlers import Handlers, Projection
from kairos_chassis.heard import KEPT, CareTeamChanged, Erasure, PatientErased, keep_team
from kairos_events.envelope import Envelope
from kairos_events.fields import Codes, Instant, Route, Version
from kairos_events.integration import TherapySessionKind
from kairos_events.model import Reader, ReaderModel

from scheduling.domain.clearance import Clearance, RouteClearance
from scheduling.store.last_care import last_care, places_of_care
from scheduling.use_cases.apply_clearance import apply_clearance
from scheduling.use_cases.end_dosing_visit import EndDosingVisit, end_dosing_visit
from scheduling.use_cases.erase_patient import erase_patient
from scheduling.use_cases.link_patients import LinkPatients, link_patients
from scheduling.use_cases.note_dose import NoteDose, note_dose
from scheduling.use_cases.note_reaffirmation import NoteReaffirmation, note_reaffirmation
from scheduling.use_cases.part_patients import PartPatients, part_patients
from scheduling.use_cases.settle_integration import SettleIntegration, settle_integration

handlers = Handlers("scheduling")
handlers.on(PatientErased)(Erasure(last_care, erase_patient, places_of_care).on_event)
handlers.on(CareTeamChanged, rebuilds=KEPT)(keep_team)


class RouteState(ReaderModel):
    """Whether one route is cleared, why not, and until when."""

    route: Route
    cleared: bool
    reasons: Codes
    expires_at: Instant | None


class ClearanceChanged(Reader, type="intake.clearance_changed.v1"):
    """Whether a patient may be dosed has changed; every route is named."""

    patient_id: UUID
    clearance_version: Version
    changed_at: Instant
    routes: tuple[RouteState, ...]


@handlers.on(ClearanceChanged, rebuilds=Projection("clearance", key="patient_id"))
async def on_clearance_changed(
    event: ClearanceChanged, _envelope: Envelope, tx: Transaction
) -> None:
    """Keep it, and hold or release the dosing visits it concerns.

    Made anew from the bus it is kept only: the visits have followed it.
    """
    routes = {
        one.route.value: RouteClearance(
            cleared=one.cleared, reasons=one.reasons, expires_at=one.expires_at
        )
        for one in event.routes
    }
    known = Clearance(
        patient_id=event.patient_id,
        version=event.clearance_version,
        changed_at=event.changed_at,
        routes=routes,
    )
    await apply_clearance(known, tx)


class DoseAdministered(Reader, type="dosing.dose_administered.v1"):
    """A dose was given."""

    patient_id: UUID
    session_id: UUID
    visit_id: UUID
    site_id: UUID
    route: Route
    administered_at: Instant


@handlers.on(DoseAdministered)
async def on_dose_administered(
    event: DoseAdministered, _envelope: Envelope, tx: Transaction
) -> None:
    """The next dose is not the first, and integration is owed."""
    dose = NoteDose(
        patient_id=event.patient_id,
        session_id=event.session_id,
        visit_id=event.visit_id,
        site_id=event.site_id,
        route=event.route.value,
        at=event.administered_at,
    )
    await note_dose(dose, tx)


class SessionDischarged(Reader, type="dosing.session_discharged.v1"):
    """The patient has gone."""

    visit_id: UUID


@handlers.on(SessionDischarged)
async def on_session_discharged(
    event: SessionDischarged, _envelope: Envelope, tx: Transaction
) -> None:
    """The visit is over. One that is over already, or unknown here, stays as it is."""
    await end_dosing_visit(EndDosingVisit(visit_id=event.visit_id, dosed=True), tx)


class SessionAborted(Reader, type="dosing.session_aborted.v1"):
    """The session ended without a dose."""

    visit_id: UUID


@handlers.on(SessionAborted)
async def on_session_aborted(event: SessionAborted, _envelope: Envelope, tx: Transaction) -> None:
    """The visit is over as well."""
    await end_dosing_visit(EndDosingVisit(visit_id=event.visit_id, dosed=False), tx)


class TherapySessionRecorded(Reader, type="integration.therapy_session_recorded.v1"):
    """A therapy session took place."""

    patient_id: UUID
    kind: TherapySessionKind
    started_at: Instant


@handlers.on(TherapySessionRecorded)
async def on_therapy_session_recorded(
    event: TherapySessionRecorded, _envelope: Envelope, tx: Transaction
) -> None:
    """Integration settles what is owed after the doses before it, planned here or not."""
    if event.kind is TherapySessionKind.INTEGRATION:
        settled = SettleIntegration(
            patient_id=event.patient_id, took_place_at=event.started_at, visit_id=None
        )
        await settle_integration(settled, tx)


class ConsentReaffirmed(Reader, type="intake.consent_reaffirmed.v1"):
    """A patient has said again that the consent stands."""

    patient_id: UUID
    visit_id: UUID
    reaffirmed_at: Instant


@handlers.on(ConsentReaffirmed, rebuilds=Projection("consent_reaffirmation", key="patient_id"))
async def on_consent_reaffirmed(
    event: ConsentReaffirmed, _envelope: Envelope, tx: Transaction
) -> None:
    """The visit may begin, as far as consent goes."""
    heard = NoteReaffirmation(
        visit_id=event.visit_id, patient_id=event.patient_id, at=event.reaffirmed_at
    )
    await note_reaffirmation(heard, tx)


class PatientMerged(Reader, type="intake.patient_merged.v1"):
    """Two records turned out to be one person."""

    surviving_patient_id: UUID
    merged_patient_id: UUID
    merged_at: Instant


@handlers.on(PatientMerged)
async def on_patient_merged(event: PatientMerged, _envelope: Envelope, tx: Transaction) -> None:
    """Both count as one person; the visits of the merged record get owners."""
    linked = LinkPatients(
        surviving_patient_id=event.surviving_patient_id,
        merged_patient_id=event.merged_patient_id,
        at=event.merged_at,
    )
    await link_patients(linked, tx)


class PatientUnmerged(Reader, type="intake.patient_unmerged.v1"):
    """Two records that had been merged belong to two people after all."""

    surviving_patient_id: UUID
    merged_patient_id: UUID
    unmerged_at: Instant


@handlers.on(PatientUnmerged)
async def on_patient_unmerged(event: PatientUnmerged, _envelope: Envelope, tx: Transaction) -> None:
    """Each record is its own again; what was booked meanwhile is looked through."""
    parted = PartPatients(
        surviving_patient_id=event.surviving_patient_id,
        merged_patient_id=event.merged_patient_id,
        at=event.unmerged_at,
    )
    await part_patients(parted, tx)
