"""What is refused about understanding, witnesses and changes of consents, beside `errors`."""

from collections.abc import Sequence

from kairos_chassis.errors import Kind


class WitnessMissing(Exception):
    """The law of the patient's state or the document asks for a witness beside the clinician."""

    slug = "witness_missing"
    kind = Kind.REFUSED


class WitnessNotIndependent(Exception):
    """The witness is somebody else than the clinician who takes the signature."""

    slug = "witness_not_independent"
    kind = Kind.REFUSED


class NothingNarrowed(Exception):
    """Name scopes that are in force and are to be withdrawn, and leave at least one."""

    slug = "nothing_narrowed"
    kind = Kind.CONFLICT


class ConsentExpired(Exception):
    """The consent has expired: sign the document anew."""

    slug = "consent_expired"
    kind = Kind.CONFLICT


class NoSignedCopy(Exception):
    """There is a copy of a signed consent only."""

    slug = "no_signed_copy"
    kind = Kind.CONFLICT


class ComprehensionTooLow(Exception):
    """The comprehension check was not passed: explain these questions again and repeat it."""

    slug = "comprehension_too_low"
    kind = Kind.REFUSED

    def __init__(self, questions: Sequence[str]) -> None:
        super().__init__()
        self.members = {"rules": list(questions)}


class ImpossibleComprehension(Exception):
    """Every question of the comprehension check takes one of its own answers."""

    slug = "impossible_comprehension"
    kind = Kind.INVALID

    def __init__(self, questions: Sequence[str]) -> None:
        super().__init__()
        self.members = {"items": list(questions)}


class DocumentUnsound(ValueError):
    """The consent document is not whole: an element, a language or a question is wrong."""

    slug = "consent_document_unsound"
    kind = Kind.INVALID


class DocumentVersionTaken(Exception):
    """This version, or a later one, is there already: a version has one text for ever."""

    slug = "consent_document_version_taken"
    kind = Kind.CONFLICT
