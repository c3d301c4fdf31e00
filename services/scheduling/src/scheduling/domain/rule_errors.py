"""Refusals about clearance, policy, records that are one person, and series."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from kairos_chassis.errors import Kind


class NotCleared(Exception):
    """The patient is not cleared for this route on the day of the visit."""

    slug = "not_cleared"
    kind = Kind.REFUSED

    def __init__(
        self,
        rules: Sequence[str],
        patient_id: UUID,
        version: int | None,
        changed_at: datetime | None,
    ) -> None:
        super().__init__()
        self.patient_id = patient_id
        self.members: dict[str, object] = {
            "rules": list(rules),
            "clearance_version": version,
            "clearance_changed_at": None if changed_at is None else changed_at.isoformat(),
        }


class PolicyOutOfBounds(Exception):
    """A figure is not one that may be set here, or not within its bounds."""

    slug = "policy_out_of_bounds"
    kind = Kind.INVALID

    def __init__(self, figures: Sequence[str]) -> None:
        super().__init__()
        self.members = {"figures": list(figures)}


class PolicyLoosens(Exception):
    """A figure would let through more than before: a medical director has to sign that."""

    slug = "policy_loosens"
    kind = Kind.REFUSED

    def __init__(self, figures: Sequence[str]) -> None:
        super().__init__()
        self.members = {"figures": list(figures)}


class PatientUnknown(Exception):
    """Intake has not told of such a patient."""

    slug = "patient_unknown"
    kind = Kind.NOT_FOUND


class PatientMerged(Exception):
    """This record has become part of another one: nothing new is begun under it."""

    slug = "patient_merged"
    kind = Kind.REFUSED

    def __init__(self, surviving: UUID) -> None:
        super().__init__()
        self.members = {"surviving_patient_id": str(surviving)}


class PatientNotMerged(Exception):
    """The visit's patient is not part of another record."""

    slug = "patient_not_merged"
    kind = Kind.CONFLICT


class DosesTooDense(Exception):
    """The patient would have more doses within so many days than the schedule allows."""

    slug = "doses_too_dense"
    kind = Kind.REFUSED

    def __init__(self, count: int, days: int) -> None:
        super().__init__()
        self.members = {"most": count, "within_days": days}


class SeriesNotFound(Exception):
    """There is no such series."""

    slug = "series_not_found"
    kind = Kind.NOT_FOUND


class SeriesSlotTaken(Exception):
    """Some of the series' slots are taken: nothing was booked."""

    slug = "series_slot_taken"
    kind = Kind.CONFLICT

    def __init__(self, numbers: Sequence[int]) -> None:
        super().__init__()
        self.members = {"numbers": list(numbers)}
