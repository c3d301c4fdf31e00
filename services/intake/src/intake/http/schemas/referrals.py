"""Referrals, as asked and answered."""

from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Instant

from intake.domain.referral import Indication, Referral, ReferralStatus
from intake.http.schemas.records import Word
from intake.http.schemas.texts import Note


class ReferralBody(Body):
    """Who refers somebody, for what and why."""

    indication: Indication
    reason: Note | None = None
    referrer_name: Word
    referrer_identifier: Word | None = None


class ReferralMoveBody(Body):
    """What became of it; `patient_id` with the acceptance, `reason` with a refusal."""

    status: ReferralStatus
    patient_id: UUID | None = None
    reason: Code | None = None


class ReferralView(Answer):
    """A referral as the clinic sees it."""

    id: UUID
    indication: Indication
    reason: str | None
    referrer_name: str
    referrer_identifier: str | None
    status: ReferralStatus
    status_reason: str | None
    patient_id: UUID | None
    received_at: Instant
    changed_at: Instant
    version: int

    @classmethod
    def of(cls, referral: Referral) -> "ReferralView":
        """The view of a referral."""
        return cls(**{name: getattr(referral, name) for name in cls.model_fields})


class ReceivedReferral(Answer):
    """A referral and the token by which its referrer follows it, told this once."""

    referral: ReferralView
    token: str


class ReferralList(Answer):
    """The newest first."""

    items: list[ReferralView]


class ReferralStatusView(Answer):
    """What a referrer sees: where it stands, and nothing about the patient."""

    indication: Indication
    status: ReferralStatus
    status_reason: str | None
    received_at: Instant
    changed_at: Instant
