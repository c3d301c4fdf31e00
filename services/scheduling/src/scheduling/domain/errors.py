"""What this service refuses, each with a slug and a kind."""

from collections.abc import Sequence

from kairos_chassis.errors import Kind


class SiteNotFound(Exception):
    """There is no such site."""

    slug = "site_not_found"
    kind = Kind.NOT_FOUND


class RoomNotFound(Exception):
    """There is no such room at this site."""

    slug = "room_not_found"
    kind = Kind.NOT_FOUND


class PractitionerNotFound(Exception):
    """There is no such practitioner."""

    slug = "practitioner_not_found"
    kind = Kind.NOT_FOUND


class CredentialNotFound(Exception):
    """This practitioner has no such credential."""

    slug = "credential_not_found"
    kind = Kind.NOT_FOUND


class VisitNotFound(Exception):
    """There is no such visit."""

    slug = "visit_not_found"
    kind = Kind.NOT_FOUND


class UnknownZone(Exception):
    """The time zone is not known: use an IANA name such as America/Denver."""

    slug = "unknown_zone"
    kind = Kind.INVALID


class UnknownState(Exception):
    """The state is not known: use the two letters the postal service uses."""

    slug = "unknown_state"
    kind = Kind.INVALID


class UnknownVisitType(Exception):
    """The visit type is not known: see the list of visit types."""

    slug = "unknown_visit_type"
    kind = Kind.INVALID


class UnknownCredentialKind(Exception):
    """This kind of credential is not known."""

    slug = "unknown_credential_kind"
    kind = Kind.INVALID


class CredentialState(Exception):
    """A licence or registration names its state; a training card, valid everywhere, names none."""

    slug = "credential_state"
    kind = Kind.INVALID


class CredentialDates(Exception):
    """A credential expires on or after the day it was issued."""

    slug = "credential_dates"
    kind = Kind.INVALID


class PractitionerRegistered(Exception):
    """This practitioner is registered already."""

    slug = "practitioner_registered"
    kind = Kind.CONFLICT


class CredentialSuspended(Exception):
    """The credential is suspended already."""

    slug = "credential_suspended"
    kind = Kind.CONFLICT


class StartsInPast(Exception):
    """A visit is booked for a time to come."""

    slug = "starts_in_past"
    kind = Kind.INVALID


class RouteMismatch(Exception):
    """The route is not the one of this visit type: book the visit type made for it."""

    slug = "route_mismatch"
    kind = Kind.INVALID


class RoomRequired(Exception):
    """A visit of this type needs a room."""

    slug = "room_required"
    kind = Kind.INVALID


class StaffMismatch(Exception):
    """The staff named are not the roles this visit type needs."""

    slug = "staff_mismatch"
    kind = Kind.INVALID

    def __init__(self, missing: Sequence[str], surplus: Sequence[str]) -> None:
        super().__init__()
        self.members = {"missing_roles": list(missing), "surplus_roles": list(surplus)}


class RoleNotHeld(Exception):
    """A practitioner was named for a role they do not hold: choose somebody who does."""

    slug = "role_not_held"
    kind = Kind.REFUSED

    def __init__(self, roles: Sequence[str]) -> None:
        super().__init__()
        self.members = {"roles": list(roles)}


class CredentialNotValid(Exception):
    """A credential needed on the day of the visit is missing, out of date or suspended."""

    slug = "credential_not_valid"
    kind = Kind.REFUSED

    def __init__(self, faults: Sequence[dict[str, str]]) -> None:
        super().__init__()
        self.members = {"credentials": list(faults)}


class SlotTaken(Exception):
    """Somebody or something needed is taken at that time: choose another time, room or person."""

    slug = "slot_taken"
    kind = Kind.CONFLICT

    def __init__(self, taken: Sequence[str], roles: Sequence[str]) -> None:
        super().__init__()
        self.members: dict[str, object] = {"taken": list(taken), "roles": list(roles)}


class VisitNotOpen(Exception):
    """The patient has been checked in already."""

    slug = "visit_not_open"
    kind = Kind.CONFLICT


class CheckInRefused(Exception):
    """The patient cannot be checked in yet: clear what the gates name first."""

    slug = "check_in_refused"
    kind = Kind.REFUSED

    def __init__(self, gates: Sequence[str], credentials: Sequence[dict[str, str]]) -> None:
        super().__init__()
        self.members = {"gates": list(gates), "credentials": list(credentials)}
