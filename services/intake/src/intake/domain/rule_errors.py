"""What is refused about rule sets, overlays and overrides, beside `errors`."""

from collections.abc import Sequence

from kairos_chassis.errors import Kind


class RuleFileUnsound(ValueError):
    """The rule file does not hold: see what `kairos rules test` says about it."""

    slug = "rule_file_unsound"
    kind = Kind.INVALID


class LooseningUnsigned(Exception):
    """These rules would protect less: a medical director other than the publisher signs first."""

    slug = "loosening_unsigned"
    kind = Kind.REFUSED

    def __init__(self, rules: Sequence[str]) -> None:
        super().__init__()
        self.members = {"rules": list(rules)}


class VersionTaken(Exception):
    """This version was published with other content: give the new one a new version."""

    slug = "rule_version_taken"
    kind = Kind.CONFLICT


class NotOverridable(Exception):
    """These rules are decided over by nobody."""

    slug = "not_overridable"
    kind = Kind.REFUSED

    def __init__(self, rules: Sequence[str]) -> None:
        super().__init__()
        self.members = {"rules": list(rules)}


class NothingToOverride(Exception):
    """No rule forbids this decision: decide it without an override."""

    slug = "nothing_to_override"
    kind = Kind.CONFLICT


class ProposalNotFound(Exception):
    """There is no such override proposal."""

    slug = "override_proposal_not_found"
    kind = Kind.NOT_FOUND


class ProposalSettled(Exception):
    """The override proposal is signed already."""

    slug = "override_proposal_settled"
    kind = Kind.CONFLICT


class SameSigner(Exception):
    """The second signer is somebody else than the first."""

    slug = "same_signer"
    kind = Kind.REFUSED


class WrongPhase(Exception):
    """A decision rests on an evaluation of the screening, not of one day."""

    slug = "wrong_phase"
    kind = Kind.CONFLICT
