"""What is refused about patients' records, links, referrals and rights, beside `errors`."""

from collections.abc import Sequence
from uuid import UUID

from kairos_chassis.errors import Kind


class ProbableDuplicate(Exception):
    """This may be somebody who is known already: look, then register with the duplicates named."""

    slug = "probable_duplicate"
    kind = Kind.CONFLICT

    def __init__(self, patients: Sequence[UUID]) -> None:
        super().__init__()
        self.members = {"patients": [str(one) for one in patients]}


class CannotMerge(Exception):
    """Two different records are merged, neither of them merged or erased already."""

    slug = "cannot_merge"
    kind = Kind.CONFLICT


class NotMerged(Exception):
    """This record is not merged into another."""

    slug = "not_merged"
    kind = Kind.CONFLICT


class IdentifierTaken(Exception):
    """Another patient has this identifier: look whether they are one person."""

    slug = "identifier_taken"
    kind = Kind.CONFLICT


class LinkNotFound(Exception):
    """There is no such link."""

    slug = "link_not_found"
    kind = Kind.NOT_FOUND


class LinkEnded(Exception):
    """The link has ended."""

    slug = "link_ended"
    kind = Kind.CONFLICT


class NotForPatients(Exception):
    """This instrument is not filled in by the patient alone: its text may not be shipped."""

    slug = "not_for_patients"
    kind = Kind.INVALID


class ReferralNotFound(Exception):
    """There is no such referral."""

    slug = "referral_not_found"
    kind = Kind.NOT_FOUND


class ReferralMove(Exception):
    """A referral in this status cannot take that one."""

    slug = "referral_move"
    kind = Kind.CONFLICT


class RequestNotFound(Exception):
    """There is no such request."""

    slug = "rights_request_not_found"
    kind = Kind.NOT_FOUND


class RequestSettled(Exception):
    """The request is settled already."""

    slug = "rights_request_settled"
    kind = Kind.CONFLICT


class ErasureForbidden(Exception):
    """A legal hold, the retention period or an open dosing session forbids the erasure."""

    slug = "erasure_forbidden"
    kind = Kind.REFUSED

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__()
        self.members = {"rules": list(reasons)}


class HeldAlready(Exception):
    """The patient's record is under a legal hold already, or under none to lift."""

    slug = "legal_hold_state"
    kind = Kind.CONFLICT


class BundleUnsound(Exception):
    """The document is no FHIR R4 bundle with resources of one patient."""

    slug = "bundle_unsound"
    kind = Kind.INVALID


class BundleOfSomebodyElse(Exception):
    """The patient in the bundle has another name and another birth date: nothing of it is taken."""

    slug = "bundle_of_somebody_else"
    kind = Kind.REFUSED


class OutsideNotFound(Exception):
    """There is no such outside record."""

    slug = "outside_record_not_found"
    kind = Kind.NOT_FOUND


class OutsideReviewed(Exception):
    """Somebody has looked at this outside record already."""

    slug = "outside_record_reviewed"
    kind = Kind.CONFLICT


class QuestionnaireUnsound(ValueError):
    """The document is no Questionnaire whose answers have values."""

    slug = "questionnaire_unsound"
    kind = Kind.INVALID


class TeamTooLarge(Exception):
    """A care team may have 200 members."""

    slug = "team_too_large"
    kind = Kind.REFUSED
