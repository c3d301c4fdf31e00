"""What a patient may ask for about their own record."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from intake.domain.record_errors import RequestSettled


class RequestKind(StrEnum):
    """A correction of what is recorded, or its erasure."""

    CORRECTION = "correction"
    ERASURE = "erasure"


class RequestStatus(StrEnum):
    """Open until somebody has done or declined it."""

    OPEN = "open"
    DONE = "done"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsRequest:
    """A request of a patient; `detail` are their words and stay here."""

    id: UUID
    patient_id: UUID
    kind: RequestKind
    detail: str | None
    requested_by: UUID
    requested_at: datetime
    status: RequestStatus = RequestStatus.OPEN
    settled_by: UUID | None = None
    settled_at: datetime | None = None
    settlement_reason: str | None = None
    version: int = 1

    def settle(
        self, status: RequestStatus, *, by: UUID, at: datetime, reason: str
    ) -> "RightsRequest":
        """The request, done or declined. Raises RequestSettled."""
        if self.status is not RequestStatus.OPEN:
            raise RequestSettled
        return replace(
            self,
            status=status,
            settled_by=by,
            settled_at=at,
            settlement_reason=reason,
            version=self.version + 1,
        )


def reasons_against(
    *, held: bool, being_dosed: bool, merged: bool, kept_before: date, today: date
) -> list[str]:
    """Every reason that stands against an erasure.

    `merged`: the record is part of another, whose erasure covers it. `kept_before` is the first day
    on which the chart may go.
    """
    reasons: list[str] = []
    if held:
        reasons.append("legal_hold")
    if being_dosed:
        reasons.append("open_dosing_session")
    if merged:
        reasons.append("merged_record")
    if today < kept_before:
        reasons.append("retention")
    return reasons
