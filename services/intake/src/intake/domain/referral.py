"""A referral from an outside therapist or system, and the status its referrer can follow."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from intake.domain.record_errors import ReferralMove


class Indication(StrEnum):
    """What the patient is referred for."""

    TREATMENT_RESISTANT_DEPRESSION = "treatment_resistant_depression"
    MAJOR_DEPRESSION = "major_depression"
    PTSD = "ptsd"
    GENERALIZED_ANXIETY = "generalized_anxiety"
    SOCIAL_ANXIETY = "social_anxiety"
    OTHER = "other"


class ReferralStatus(StrEnum):
    """Where a referral stands."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    DECLINED = "declined"
    COMPLETED = "completed"


_MOVES: Final[Mapping[ReferralStatus, tuple[ReferralStatus, ...]]] = {
    ReferralStatus.RECEIVED: (ReferralStatus.ACCEPTED, ReferralStatus.DECLINED),
    ReferralStatus.ACCEPTED: (ReferralStatus.SCHEDULED, ReferralStatus.DECLINED),
    ReferralStatus.SCHEDULED: (ReferralStatus.COMPLETED, ReferralStatus.DECLINED),
    ReferralStatus.DECLINED: (),
    ReferralStatus.COMPLETED: (),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """Until it is accepted nobody is a patient by it."""

    id: UUID
    indication: Indication
    reason: str | None  # words of the referrer; they never leave this service
    referrer_name: str
    referrer_identifier: str | None
    received_at: datetime
    changed_at: datetime
    status: ReferralStatus = ReferralStatus.RECEIVED
    status_reason: str | None = None
    patient_id: UUID | None = None
    version: int = 1

    def move(
        self,
        status: ReferralStatus,
        *,
        at: datetime,
        patient_id: UUID | None,
        reason: str | None,
    ) -> "Referral":
        """The referral in another status. Raises ReferralMove: one that is accepted names the
        patient it became."""
        who = patient_id or self.patient_id
        if status not in _MOVES[self.status]:
            raise ReferralMove
        if who is None and status is not ReferralStatus.DECLINED:
            raise ReferralMove
        return replace(
            self,
            status=status,
            status_reason=reason,
            patient_id=who,
            changed_at=at,
            version=self.version + 1,
        )
