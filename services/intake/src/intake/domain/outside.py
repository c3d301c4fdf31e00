"""What others have on file about a patient: kept as it came, and never taken for our own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from intake.domain.record_errors import OutsideReviewed


class OutsideKind(StrEnum):
    """A consent given elsewhere, a document, or other words about who the patient is."""

    CONSENT = "consent"
    DOCUMENT = "document"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideRecord:
    """Something somebody has to look at. It clears nobody, whatever it says and whoever has looked:
    a consent to treatment here is signed here, understood, before a clinician."""

    id: UUID
    patient_id: UUID
    import_id: UUID
    kind: OutsideKind
    resource: str  # `Consent/abc`, as the sender names it
    content: Mapping[str, Any]  # the resource; of a person what differs
    recorded_by: UUID
    recorded_at: datetime
    reviewed_by: UUID | None = None
    reviewed_at: datetime | None = None
    review_reason: str | None = None
    version: int = 1

    def review(self, *, by: UUID, at: datetime, reason: str) -> "OutsideRecord":
        """The record, looked at. Raises OutsideReviewed."""
        if self.reviewed_at is not None:
            raise OutsideReviewed
        return replace(
            self,
            reviewed_by=by,
            reviewed_at=at,
            review_reason=reason,
            version=self.version + 1,
        )
