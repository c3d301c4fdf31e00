"""What is added to a signed record, and who signs it too."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class AddendumKind(StrEnum):
    """Whether something is added or put right."""

    ADDITION = "addition"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Addendum:
    """Words beside a record that itself never changes."""

    id: UUID
    patient_id: UUID
    therapy_session_id: UUID
    kind: AddendumKind
    words: str
    author_id: UUID
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosignature:
    """A co-therapist stands by the record."""

    id: UUID
    patient_id: UUID
    therapy_session_id: UUID
    practitioner_id: UUID
    signed_at: datetime
