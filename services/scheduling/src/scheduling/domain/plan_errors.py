"""Refusals about courses, waitlists and what is owed after a dose."""

from collections.abc import Sequence

from kairos_chassis.errors import Kind


class UnknownProtocol(Exception):
    """There is no such course: see the list of protocols."""

    slug = "unknown_protocol"
    kind = Kind.INVALID


class ProposalNotFound(Exception):
    """There is no such proposal."""

    slug = "proposal_not_found"
    kind = Kind.NOT_FOUND


class OptionNotFound(Exception):
    """The proposal has no such option."""

    slug = "option_not_found"
    kind = Kind.INVALID


class CourseNotFound(Exception):
    """There is no such course."""

    slug = "course_not_found"
    kind = Kind.NOT_FOUND


class CourseInfeasible(Exception):
    """No plan keeps every rule: loosen one of those named, or look further ahead."""

    slug = "course_infeasible"
    kind = Kind.CONFLICT

    def __init__(self, rules: Sequence[str], steps_without_slot: Sequence[str]) -> None:
        super().__init__()
        self.members = {"rules": list(rules), "steps_without_slot": list(steps_without_slot)}


class CourseSlotTaken(Exception):
    """Somebody was faster for some of the visits: nothing was booked, ask for a new proposal."""

    slug = "course_slot_taken"
    kind = Kind.CONFLICT

    def __init__(self, steps: Sequence[str]) -> None:
        super().__init__()
        self.members = {"steps": list(steps)}


class CourseRulesBroken(Exception):
    """The visits do not keep the spacing of the course."""

    slug = "course_rules_broken"
    kind = Kind.REFUSED

    def __init__(self, rules: Sequence[str]) -> None:
        super().__init__()
        self.members = {"rules": list(rules)}


class BreachNotFound(Exception):
    """There is no such breach."""

    slug = "breach_not_found"
    kind = Kind.NOT_FOUND


class BreachNotOpen(Exception):
    """The breach is closed."""

    slug = "breach_not_open"
    kind = Kind.CONFLICT


class EntryNotFound(Exception):
    """There is no such entry on the waitlist."""

    slug = "entry_not_found"
    kind = Kind.NOT_FOUND


class EntryOver(Exception):
    """The entry is no longer on the waitlist."""

    slug = "entry_over"
    kind = Kind.CONFLICT


class OfferOver(Exception):
    """The offer was answered, or its time ran out."""

    slug = "offer_over"
    kind = Kind.CONFLICT


class OfferNotFound(Exception):
    """There is no such offer."""

    slug = "offer_not_found"
    kind = Kind.NOT_FOUND


class ReviewNotYours(Exception):
    """A patient reviews those who took part in a visit of theirs, once it took place."""

    slug = "review_not_yours"
    kind = Kind.REFUSED
