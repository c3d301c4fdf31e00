"""Refusals about how visits are held, moved, overbooked and ended."""

from collections.abc import Sequence

from kairos_chassis.errors import Kind


class VisitEnded(Exception):
    """The visit is over or was called off."""

    slug = "visit_ended"
    kind = Kind.CONFLICT

    def __init__(self, state: str) -> None:
        super().__init__()
        self.members = {"state": state}


class VisitNotHeld(Exception):
    """The visit is not on hold."""

    slug = "visit_not_held"
    kind = Kind.CONFLICT


class VisitNotBegun(Exception):
    """The patient has not been checked in."""

    slug = "visit_not_begun"
    kind = Kind.CONFLICT


class NotMissingYet(Exception):
    """It is too early to say that the patient will not come."""

    slug = "not_missing_yet"
    kind = Kind.CONFLICT


class TooSoonAfterDose(Exception):
    """Another dosing visit of this patient is too close: the least interval is not kept."""

    slug = "too_soon_after_dose"
    kind = Kind.REFUSED


class EquipmentMismatch(Exception):
    """The equipment named is not what this visit type needs."""

    slug = "equipment_mismatch"
    kind = Kind.INVALID

    def __init__(self, missing: Sequence[str], surplus: Sequence[str]) -> None:
        super().__init__()
        self.members = {"missing_kinds": list(missing), "surplus_kinds": list(surplus)}


class NotOpen(Exception):
    """The site, the room or somebody needed is not there at that time."""

    slug = "not_open"
    kind = Kind.CONFLICT

    def __init__(self, closed: Sequence[str]) -> None:
        super().__init__()
        self.members = {"closed": list(closed)}


class UnknownReason(Exception):
    """The reason is not one of the coded ones."""

    slug = "unknown_reason"
    kind = Kind.INVALID

    def __init__(self, known: Sequence[str]) -> None:
        super().__init__()
        self.members = {"known": list(known)}


class OverbookingRefused(Exception):
    """The policy does not let this be booked over what is taken."""

    slug = "overbooking_refused"
    kind = Kind.REFUSED

    def __init__(self, rules: Sequence[str]) -> None:
        super().__init__()
        self.members = {"rules": list(rules)}


class HoldNotFound(Exception):
    """There is no such hold."""

    slug = "hold_not_found"
    kind = Kind.NOT_FOUND


class HoldOver(Exception):
    """The slot is no longer held: it was booked, released, or its time ran out."""

    slug = "hold_over"
    kind = Kind.CONFLICT
