"""Domain facts of this service as public events. Names, answers and notes stay here."""

from datetime import datetime
from uuid import UUID

from kairos_events.fields import Route
from kairos_events.intake import (
    AssessmentCompletedV1,
    AssessmentScore,
    CareTeamChangedV1,
    ClearanceChangedV1,
    ConcernSeverity,
    ConsentReaffirmedV1,
    ConsentRevokedV1,
    ConsentSignedV1,
    EligibilityDecidedV1,
    EligibilityOutcome,
    PatientErasedV1,
    PatientMergedV1,
    PatientRegisteredV1,
    PatientUnmergedV1,
    PdmpCheckedV1,
    RouteClearance,
    SafetyConcernAcknowledgedV1,
    SafetyConcernEscalatedV1,
    SafetyConcernRaisedV1,
)

from intake.domain.assessment import Assessment
from intake.domain.care_team import CareTeam
from intake.domain.clearance import Clearance
from intake.domain.concern import Concern
from intake.domain.consent import Consent
from intake.domain.eligibility import Decision
from intake.domain.facts import Fact
from intake.domain.instrument import Instrument
from intake.domain.merge import Merge
from intake.domain.patient import Patient

HIGHEST_STEP = 100
"""The event's bound. The last step of a policy repeats until somebody answers, however long."""


def pdmp_checked(fact: Fact) -> PdmpCheckedV1:
    """A monitoring programme was asked: what the reviewer found, and nothing of its report."""
    return PdmpCheckedV1(
        check_id=fact.id,
        patient_id=fact.patient_id,
        finding=str(fact.value),
        checked_at=fact.occurred_at,
    )


def patient_registered(patient: Patient) -> PatientRegisteredV1:
    """A patient is known. Who it is stays here."""
    return PatientRegisteredV1(patient_id=patient.id, registered_at=patient.registered_at)


def patient_merged(merge: Merge) -> PatientMergedV1:
    """Two records are one person."""
    return PatientMergedV1(
        surviving_patient_id=merge.surviving_patient_id,
        merged_patient_id=merge.merged_patient_id,
        merged_by=merge.merged_by,
        merged_at=merge.merged_at,
    )


def patient_unmerged(merge: Merge) -> PatientUnmergedV1:
    """Two records are two people after all."""
    assert merge.unmerged_by is not None
    assert merge.unmerged_at is not None
    return PatientUnmergedV1(
        surviving_patient_id=merge.surviving_patient_id,
        merged_patient_id=merge.merged_patient_id,
        unmerged_by=merge.unmerged_by,
        unmerged_at=merge.unmerged_at,
    )


def patient_erased(patient_id: UUID, request_id: UUID, at: datetime) -> PatientErasedV1:
    """Who the patient was is gone."""
    return PatientErasedV1(patient_id=patient_id, request_id=request_id, erased_at=at)


def care_team_changed(team: CareTeam, at: datetime) -> CareTeamChangedV1:
    """Who cares for the patient now."""
    return CareTeamChangedV1(
        patient_id=team.patient_id,
        team_version=team.version,
        members=tuple(sorted(team.members)),
        changed_at=at,
    )


def safety_concern_raised(concern: Concern) -> SafetyConcernRaisedV1:
    """The patient may be at risk. What was answered stays here."""
    return SafetyConcernRaisedV1(
        concern_id=concern.id,
        patient_id=concern.patient_id,
        trigger=concern.trigger,
        severity=ConcernSeverity(concern.severity),
        blocks_dosing=concern.blocks_dosing,
        raised_at=concern.raised_at,
    )


def safety_concern_escalated(concern: Concern, notify: str) -> SafetyConcernEscalatedV1:
    """Nobody has taken the concern up: somebody else is told now."""
    assert concern.escalated_at is not None
    return SafetyConcernEscalatedV1(
        concern_id=concern.id,
        patient_id=concern.patient_id,
        trigger=concern.trigger,
        severity=ConcernSeverity(concern.severity),
        step=min(concern.escalation_step, HIGHEST_STEP),
        notify=notify,
        raised_at=concern.raised_at,
        escalated_at=concern.escalated_at,
    )


def assessment_completed(of: Assessment, instrument: Instrument) -> AssessmentCompletedV1:
    """An assessment is scored. Answers stay here."""
    assert of.completed_at is not None
    assert of.result is not None
    return AssessmentCompletedV1(
        assessment_id=of.id,
        patient_id=of.patient_id,
        instrument=of.instrument,
        instrument_version=of.instrument_version,
        algorithm_version=of.result.algorithm_version,
        scores=tuple(AssessmentScore(code=s.code, value=s.value) for s in of.result.scores),
        band=of.result.band,
        prorated=of.result.prorated,
        recall_window_days=instrument.recall_window_days,
        recall_overlaps_dose=of.recall_overlaps_dose,
        completed_at=of.completed_at,
    )


def safety_concern_acknowledged(concern: Concern) -> SafetyConcernAcknowledgedV1:
    """A clinician has taken the concern up; it may still block dosing."""
    assert concern.acknowledged_by is not None
    assert concern.acknowledged_at is not None
    return SafetyConcernAcknowledgedV1(
        concern_id=concern.id,
        patient_id=concern.patient_id,
        acknowledged_by=concern.acknowledged_by,
        acknowledged_at=concern.acknowledged_at,
        blocks_dosing=concern.blocks_dosing,
    )


def safety_concern_cleared(concern: Concern) -> SafetyConcernAcknowledgedV1:
    """A prescriber has cleared the concern: the same fact again, now without the block.

    Readers take its `blocks_dosing` as the present one.
    """
    assert concern.cleared_by is not None
    assert concern.cleared_at is not None
    return SafetyConcernAcknowledgedV1(
        concern_id=concern.id,
        patient_id=concern.patient_id,
        acknowledged_by=concern.cleared_by,
        acknowledged_at=concern.cleared_at,
        blocks_dosing=concern.blocks_dosing,
    )


def eligibility_decided(decision: Decision) -> EligibilityDecidedV1:
    """A prescriber has decided. Inputs and attested reasons stay here."""
    return EligibilityDecidedV1(
        decision_id=decision.id,
        patient_id=decision.patient_id,
        route=Route(decision.route),
        outcome=EligibilityOutcome(decision.outcome),
        decided_by=decision.decided_by,
        decided_at=decision.decided_at,
        expires_at=decision.expires_at,
        rule_set_version=decision.rule_set_version,
        extra_monitoring=decision.extra_monitoring,
    )


def consent_signed(consent: Consent) -> ConsentSignedV1:
    """A patient has agreed."""
    assert consent.signed_at is not None
    assert consent.expires_at is not None
    return ConsentSignedV1(
        consent_id=consent.id,
        patient_id=consent.patient_id,
        document_version=consent.document_version,
        text_sha256=consent.text_sha256,
        scopes=consent.scopes,
        signed_at=consent.signed_at,
        expires_at=consent.expires_at,
    )


def consent_revoked(consent: Consent) -> ConsentRevokedV1:
    """A patient has withdrawn. Why stays here."""
    assert consent.revoked_at is not None
    return ConsentRevokedV1(
        consent_id=consent.id,
        patient_id=consent.patient_id,
        scopes=consent.scopes,
        revoked_at=consent.revoked_at,
    )


def consent_narrowed(before: Consent, after: Consent) -> ConsentRevokedV1:
    """A patient has withdrawn some scopes; the rest stays in force."""
    assert after.narrowed_at is not None
    return ConsentRevokedV1(
        consent_id=after.id,
        patient_id=after.patient_id,
        scopes=tuple(scope for scope in before.scopes if scope not in after.scopes),
        revoked_at=after.narrowed_at,
    )


def consent_reaffirmed(consent: Consent, visit_id: UUID, at: datetime) -> ConsentReaffirmedV1:
    """Before a visit, the patient says that the consent stands."""
    return ConsentReaffirmedV1(
        consent_id=consent.id,
        patient_id=consent.patient_id,
        visit_id=visit_id,
        scopes=consent.scopes,
        reaffirmed_at=at,
    )


def clearance_changed(clearance: Clearance) -> ClearanceChangedV1:
    """A patient may or may not be dosed from now on."""
    return ClearanceChangedV1(
        patient_id=clearance.patient_id,
        clearance_version=clearance.version,
        changed_at=clearance.changed_at,
        routes=tuple(
            RouteClearance(
                route=Route(status.route),
                cleared=status.cleared,
                reasons=status.reasons,
                expires_at=status.expires_at,
                extra_monitoring=status.extra_monitoring,
            )
            for status in clearance.routes
        ),
    )
