"""What a patient may ask for about their own record."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from intake.domain.record_errors import ErasureForbidden, RequestSettled


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


def check_erasable(
    *,
    held: bool,
    being_dosed: bool,
    merged: bool,
    last_care_at: datetime,
    now: datetime,
    retention_years: int,
) -> None:
    """Raises ErasureForbidden with every reason that stands against it."""
    reasons: list[str] = []
    if held:
        reasons.append("legal_hold")
    if being_dosed:
        reasons.append("open_dosing_session")
    if merged:
        reasons.append("merged_record")
    if now < _years_later(last_care_at, retention_years):
        reasons.append("retention")
    if reasons:
        raise ErasureForbidden(reasons)


def _years_later(at: datetime, years: int) -> datetime:
    day = 28 if (at.month, at.day) == (2, 29) else at.day
    return at.replace(year=at.year + years, day=day)
