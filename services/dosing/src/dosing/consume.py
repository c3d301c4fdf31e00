"""Public events of others, turned into this service's own use cases."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.handlers import Handlers, Projection
from kairos_chassis.heard import KEPT, CareTeamChanged, Erasure, PatientErased, keep_team
from kairos_events.envelope import Envelope
from kairos_events.fields import Code, Codes, Day, Instant, Route, StateCode, Version, ZoneName
from kairos_events.model import Reader, ReaderModel
from kairos_events.scheduling.credential_recorded_v1 import CredentialStatus

from dosing.store.last_care import last_care, places_of_care
from dosing.use_cases.link_patients import LinkPatients, link_patients
from dosing.use_cases.open_session import OpenSession, open_session
from dosing.use_cases.project_acknowledgement import (
    ProjectAcknowledgement,
    project_acknowledgement,
)
from dosing.use_cases.project_clearance import ProjectClearance, project_clearance
from dosing.use_cases.project_credential import ProjectCredential, project_credential
from dosing.use_cases.project_practitioner import ProjectPractitioner, project_practitioner
from dosing.use_cases.project_safety_concern import ProjectSafetyConcern, project_safety_concern
from dosing.use_cases.watch_pdmp import WatchPdmp, watch_pdmp

handlers = Handlers("dosing")
handlers.on(PatientErased)(Erasure(last_care, places=places_of_care).on_event)
handlers.on(CareTeamChanged, rebuilds=KEPT)(keep_team)


class VisitCheckedIn(Reader, type="scheduling.visit_checked_in.v1"):
    """A patient has arrived; with a route, for a dose."""

    visit_id: UUID
    patient_id: UUID
    site_id: UUID
    site_state: StateCode
    site_zone: ZoneName
    route: Route | None
    checked_in_at: Instant


class PractitionerRegistered(Reader, type="scheduling.practitioner_registered.v1"):
    """Somebody works for the network in these roles."""

    practitioner_id: UUID
    roles: Codes
    registered_at: Instant


class CredentialRecorded(Reader, type="scheduling.credential_recorded.v1"):
    """The newest version of a credential."""

    credential_id: UUID
    practitioner_id: UUID
    kind: Code
    state: StateCode | None
    issued_on: Day
    expires_on: Day
    status: CredentialStatus
    recorded_at: Instant


class RouteClearance(ReaderModel):
    """One route of a clearance."""

    route: Route
    cleared: bool
    reasons: Codes
    expires_at: Instant | None
    extra_monitoring: Codes


class ClearanceChanged(Reader, type="intake.clearance_changed.v1"):
    """Whether a patient may be dosed, by every route."""

    patient_id: UUID
    clearance_version: Version
    changed_at: Instant
    routes: tuple[RouteClearance, ...]


class PatientMerged(Reader, type="intake.patient_merged.v1"):
    """Two records are one person."""

    surviving_patient_id: UUID
    merged_patient_id: UUID
    merged_at: Instant


class PatientUnmerged(Reader, type="intake.patient_unmerged.v1"):
    """Two records are two people after all."""

    surviving_patient_id: UUID
    merged_patient_id: UUID
    unmerged_at: Instant


class PdmpChecked(Reader, type="intake.pdmp_checked.v1"):
    """A monitoring programme was asked about a patient."""

    check_id: UUID
    patient_id: UUID
    finding: Code
    checked_at: Instant


class SafetyConcernRaised(Reader, type="intake.safety_concern_raised.v1"):
    """A patient may be at risk."""

    concern_id: UUID
    patient_id: UUID
    trigger: Code
    blocks_dosing: bool
    raised_at: Instant


class SafetyConcernAcknowledged(Reader, type="intake.safety_concern_acknowledged.v1"):
    """A clinician says whether the concern still blocks dosing."""

    concern_id: UUID
    patient_id: UUID
    acknowledged_at: Instant
    blocks_dosing: bool


@handlers.on(VisitCheckedIn)
async def on_visit_checked_in(event: VisitCheckedIn, _envelope: Envelope, tx: Transaction) -> None:
    """Open the session; a visit without a route has none."""
    if event.route is None:
        return
    await open_session(
        OpenSession(
            visit_id=event.visit_id,
            patient_id=event.patient_id,
            site_id=event.site_id,
            site_state=event.site_state,
            site_zone=event.site_zone,
            route=event.route.value,
            checked_in_at=event.checked_in_at,
        ),
        tx,
    )


@handlers.on(PractitionerRegistered, rebuilds=Projection("practitioner", key="id"))
async def on_practitioner_registered(
    event: PractitionerRegistered, _envelope: Envelope, tx: Transaction
) -> None:
    """Keep the roles."""
    await project_practitioner(
        ProjectPractitioner(
            practitioner_id=event.practitioner_id,
            roles=tuple(event.roles),
            registered_at=event.registered_at,
        ),
        tx,
    )


@handlers.on(CredentialRecorded, rebuilds=Projection("credential", key="practitioner_id"))
async def on_credential_recorded(
    event: CredentialRecorded, _envelope: Envelope, tx: Transaction
) -> None:
    """Keep the credential."""
    await project_credential(
        ProjectCredential(
            credential_id=event.credential_id,
            practitioner_id=event.practitioner_id,
            kind=event.kind,
            state=event.state,
            issued_on=event.issued_on,
            expires_on=event.expires_on,
            status=event.status.value,
            recorded_at=event.recorded_at,
        ),
        tx,
    )


@handlers.on(ClearanceChanged, rebuilds=Projection("clearance", key="patient_id"))
async def on_clearance_changed(
    event: ClearanceChanged, _envelope: Envelope, tx: Transaction
) -> None:
    """Keep the clearance."""
    await project_clearance(
        ProjectClearance(
            patient_id=event.patient_id,
            version=event.clearance_version,
            changed_at=event.changed_at,
            routes=tuple(one.model_dump(mode="json") for one in event.routes),
        ),
        tx,
    )


@handlers.on(PatientMerged)
async def on_patient_merged(event: PatientMerged, _envelope: Envelope, tx: Transaction) -> None:
    """Go by what the whole person was given."""
    await link_patients(
        LinkPatients(
            surviving_patient_id=event.surviving_patient_id,
            merged_patient_id=event.merged_patient_id,
            together=True,
            changed_at=event.merged_at,
        ),
        tx,
    )


@handlers.on(PatientUnmerged)
async def on_patient_unmerged(event: PatientUnmerged, _envelope: Envelope, tx: Transaction) -> None:
    """Go by what each was given."""
    await link_patients(
        LinkPatients(
            surviving_patient_id=event.surviving_patient_id,
            merged_patient_id=event.merged_patient_id,
            together=False,
            changed_at=event.unmerged_at,
        ),
        tx,
    )


@handlers.on(SafetyConcernRaised, rebuilds=Projection("safety_concern", key="patient_id"))
async def on_safety_concern_raised(
    event: SafetyConcernRaised, _envelope: Envelope, tx: Transaction
) -> None:
    """Keep the concern."""
    await project_safety_concern(ProjectSafetyConcern(**event.model_dump()), tx)


@handlers.on(SafetyConcernAcknowledged, rebuilds=Projection("safety_concern", key="patient_id"))
async def on_safety_concern_acknowledged(
    event: SafetyConcernAcknowledged, _envelope: Envelope, tx: Transaction
) -> None:
    """Keep whether it still blocks."""
    await project_acknowledgement(ProjectAcknowledgement(**event.model_dump()), tx)


@handlers.on(PdmpChecked)
async def on_pdmp_checked(event: PdmpChecked, _envelope: Envelope, tx: Transaction) -> None:
    """Look at what it showed."""
    await watch_pdmp(WatchPdmp(**event.model_dump()), tx)
