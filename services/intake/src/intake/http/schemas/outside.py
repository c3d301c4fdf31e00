"""What others have on file, as asked and answered."""

from typing import Any
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Instant

from intake.domain.outside import OutsideKind, OutsideRecord


class OutsideBody(Body):
    """What came of looking at it, from the network's policy."""

    reason: Code


class OutsideView(Answer):
    """A record of elsewhere. It counts for nothing here until somebody acts on it."""

    id: UUID
    patient_id: UUID
    import_id: UUID
    kind: OutsideKind
    resource: str
    recorded_by: UUID
    recorded_at: Instant
    reviewed_by: UUID | None
    reviewed_at: Instant | None
    review_reason: str | None

    @classmethod
    def of(cls, record: OutsideRecord) -> "OutsideView":
        """The view of a record."""
        return cls(**{name: getattr(record, name) for name in cls.model_fields})


class OutsideList(Answer):
    """All records of a patient, by when they came."""

    items: list[OutsideView]


class OutsideDocumentView(Answer):
    """A record with its content: the resource, or of a person the fields that differ."""

    record: OutsideView
    content: dict[str, Any]
