"""What this service refuses, each with a slug and a kind."""

from collections.abc import Sequence

from kairos_chassis.errors import Kind


class PatientNotFound(Exception):
    """There is no such patient."""

    slug = "patient_not_found"
    kind = Kind.NOT_FOUND


class ImpossibleBirthDate(Exception):
    """Check the date of birth: it lies in the future or too far in the past."""

    slug = "impossible_birth_date"
    kind = Kind.INVALID


class InstrumentNotFound(Exception):
    """There is no such instrument."""

    slug = "instrument_not_found"
    kind = Kind.NOT_FOUND


class AssessmentNotFound(Exception):
    """There is no such assessment."""

    slug = "assessment_not_found"
    kind = Kind.NOT_FOUND


class AssessmentCompleted(Exception):
    """The assessment is completed; start a new one."""

    slug = "assessment_completed"
    kind = Kind.CONFLICT


class AssessmentIncomplete(Exception):
    """Answers are missing; a partial assessment is never scored."""

    slug = "assessment_incomplete"
    kind = Kind.CONFLICT

    def __init__(self, items: Sequence[str]) -> None:
        super().__init__()
        self.members = {"items": list(items)}


class UnknownItem(Exception):
    """The instrument has no such item."""

    slug = "unknown_item"
    kind = Kind.INVALID


class ValueNotOffered(Exception):
    """The item does not offer this answer."""

    slug = "value_not_offered"
    kind = Kind.INVALID


class ConcernNotFound(Exception):
    """There is no such safety concern."""

    slug = "safety_concern_not_found"
    kind = Kind.NOT_FOUND


class ConcernAcknowledged(Exception):
    """The safety concern is acknowledged already."""

    slug = "safety_concern_acknowledged"
    kind = Kind.CONFLICT


class ConcernNotAcknowledged(Exception):
    """Acknowledge the safety concern before clearing it."""

    slug = "safety_concern_not_acknowledged"
    kind = Kind.CONFLICT


class ConcernReleased(Exception):
    """The safety concern no longer blocks dosing; there is nothing to clear."""

    slug = "safety_concern_released"
    kind = Kind.CONFLICT


class UnknownReason(Exception):
    """Give one of the reasons the network's policy lists."""

    slug = "unknown_reason"
    kind = Kind.INVALID

    def __init__(self, offered: Sequence[str]) -> None:
        super().__init__()
        self.members = {"offered": list(offered)}


class UnknownFact(Exception):
    """The catalogue of clinical facts has no such name."""

    slug = "unknown_fact"
    kind = Kind.INVALID


class UnfitFact(Exception):
    """A value does not fit its fact: check the unit, the range and the offered codes."""

    slug = "unfit_fact"
    kind = Kind.INVALID

    def __init__(self, name: str) -> None:
        super().__init__()
        self.members = {"facts": [name]}


class FactFromTheFuture(Exception):
    """A fact is recorded when or after it occurred."""

    slug = "fact_from_the_future"
    kind = Kind.INVALID


class EvaluationNotFound(Exception):
    """There is no such evaluation of this patient."""

    slug = "evaluation_not_found"
    kind = Kind.NOT_FOUND


class EvaluationOutdated(Exception):
    """The facts or the rules have changed since this evaluation. Evaluate again, then decide."""

    slug = "evaluation_outdated"
    kind = Kind.CONFLICT


class RulesForbid(Exception):
    """These rules exclude the patient or hold treatment: eligible cannot be decided over them."""

    slug = "rules_forbid"
    kind = Kind.REFUSED

    def __init__(self, rules: Sequence[str]) -> None:
        super().__init__()
        self.members = {"rules": list(rules)}


class AttestationMissing(Exception):
    """Attest a reason for each of these rules before you decide eligible."""

    slug = "attestation_missing"
    kind = Kind.REFUSED

    def __init__(self, rules: Sequence[str]) -> None:
        super().__init__()
        self.members = {"rules": list(rules)}


class AttestationUnfounded(Exception):
    """An attestation names a rule that asks for none, or names a rule twice."""

    slug = "attestation_unfounded"
    kind = Kind.INVALID


class DocumentNotFound(Exception):
    """There is no such consent document in this language."""

    slug = "consent_document_not_found"
    kind = Kind.NOT_FOUND


class ConsentNotFound(Exception):
    """There is no such consent."""

    slug = "consent_not_found"
    kind = Kind.NOT_FOUND


class ConsentNotDraft(Exception):
    """The consent is signed already; draft a new one."""

    slug = "consent_not_draft"
    kind = Kind.CONFLICT


class ConsentNotActive(Exception):
    """Only the consent in force can be revoked: read the patient's consents and revoke that one."""

    slug = "consent_not_active"
    kind = Kind.CONFLICT


class OtherTextShown(Exception):
    """The text that was shown is not the text of this consent. Show it again before signing."""

    slug = "other_text_shown"
    kind = Kind.CONFLICT


class DocumentOutdated(Exception):
    """A newer version of this document is in force: draft and show that one."""

    slug = "consent_document_outdated"
    kind = Kind.CONFLICT


class ScopeNotOffered(Exception):
    """The document does not offer one of these scopes."""

    slug = "scope_not_offered"
    kind = Kind.INVALID


class ElementsNotAcknowledged(Exception):
    """Go through every element of the document with the patient before signing."""

    slug = "elements_not_acknowledged"
    kind = Kind.REFUSED

    def __init__(self, elements: Sequence[str]) -> None:
        super().__init__()
        self.members = {"elements": list(elements)}


class CapacityNotAttested(Exception):
    """A clinician attests capacity, assessed sober, before the patient signs."""

    slug = "capacity_not_attested"
    kind = Kind.REFUSED


class PatientBeingDosed(Exception):
    """Consent cannot be signed or widened during a dosing session. Wait for the discharge."""

    slug = "patient_being_dosed"
    kind = Kind.REFUSED


class NotCleared(Exception):
    """The patient is not cleared for this route: no drug may be given."""

    slug = "not_cleared"
    kind = Kind.REFUSED

    def __init__(self, reasons: Sequence[str], clearance_version: int) -> None:
        super().__init__()
        self.members = {"rules": list(reasons), "clearance_version": clearance_version}
