"""Identifiers, contacts, probable duplicates and merges, as asked and answered."""

from typing import Annotated, Literal
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Day, Instant
from pydantic import StringConstraints

from intake.domain.merge import Merge
from intake.http.schemas.patients import PatientView
from intake.http.schemas.texts import Name, Phone

System = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s]{1,190}$")]
"""The URI of whoever gives out an identifier."""
Word = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]


class IdentifierBody(Body):
    """How another system names the patient."""

    system: System
    value: Word


class IdentifierView(Answer):
    """How another system names the patient."""

    system: str
    value: str


class IdentifierList(Answer):
    """All identifiers of a patient."""

    items: list[IdentifierView]


class ContactBody(Body):
    """Somebody to call."""

    kind: Literal["emergency", "escort"]
    name: Name
    phone: Phone
    relationship: Word


class ContactView(Answer):
    """Somebody to call."""

    id: UUID
    kind: Literal["emergency", "escort"]
    name: str
    phone: str
    relationship: str
    recorded_at: Instant


class ContactList(Answer):
    """Whom to call, in the order they were named."""

    items: list[ContactView]


class PatientList(Answer):
    """Patients found, by id; `next` is the cursor of the following page."""

    items: list[PatientView]
    next: str | None


class DuplicateView(Answer):
    """Somebody who may be the same person, and how alike they are in percent."""

    patient_id: UUID
    given_name: str
    family_name: str
    born_on: Day
    likeness_percent: int


class DuplicateList(Answer):
    """Probable matches, the most alike first."""

    items: list[DuplicateView]


class MergeBody(Body):
    """The record that ends in favour of this one, and why."""

    merged_patient_id: UUID
    reason: Code


class UnmergeBody(Body):
    """Why the two are parted."""

    reason: Code


class MergeView(Answer):
    """Two records of one person, and whether they were parted again."""

    surviving_patient_id: UUID
    merged_patient_id: UUID
    reason: str
    merged_by: UUID
    merged_at: Instant
    unmerge_reason: str | None
    unmerged_by: UUID | None
    unmerged_at: Instant | None

    @classmethod
    def of(cls, merge: Merge) -> "MergeView":
        """The view of a merge."""
        return cls(
            surviving_patient_id=merge.surviving_patient_id,
            merged_patient_id=merge.merged_patient_id,
            reason=merge.reason,
            merged_by=merge.merged_by,
            merged_at=merge.merged_at,
            unmerge_reason=merge.unmerge_reason,
            unmerged_by=merge.unmerged_by,
            unmerged_at=merge.unmerged_at,
        )


class MergeList(Answer):
    """Every merge a record was in."""

    items: list[MergeView]
