"""Referrals over HTTP."""

from uuid import UUID

from kairos_chassis.capabilities import mint
from kairos_chassis.http.route import Routes
from kairos_events.uuid7 import uuid7

from intake.domain.referral import Referral, ReferralStatus
from intake.http import policies
from intake.http.call import IntakeCall
from intake.http.schemas.referrals import (
    ReceivedReferral,
    ReferralBody,
    ReferralList,
    ReferralMoveBody,
    ReferralStatusView,
    ReferralView,
)
from intake.store import referrals
from intake.use_cases.move_referral import MoveReferral, move_referral

routes = Routes("referrals")


@routes.post("/v1/referrals", policy=policies.TAKE_REFERRAL)
async def post_referral(call: IntakeCall, body: ReferralBody) -> ReceivedReferral:
    """Take a referral. The token by which the referrer follows it is told this once."""
    async with call.transaction() as tx:
        received = Referral(
            id=uuid7(),
            indication=body.indication,
            reason=body.reason,
            referrer_name=body.referrer_name,
            referrer_identifier=body.referrer_identifier,
            received_at=tx.now,
            changed_at=tx.now,
        )
        token, digest = mint(tx.network)
        referrals.add(tx, received, digest)
        view = ReferralView.of(received)
        return call.answer(
            ReceivedReferral(referral=view, token=token),
            version=received.version,
            location=f"/v1/referrals/{received.id}",
        )


@routes.get("/v1/referrals", policy=policies.READ_REFERRAL)
async def list_referrals(call: IntakeCall, status: ReferralStatus | None = None) -> ReferralList:
    """The newest two hundred referrals, of a status or of all."""
    async with call.transaction() as tx:
        found = await referrals.newest(tx, None if status is None else status.value)
        return call.answer(ReferralList(items=[ReferralView.of(one) for one in found]))


@routes.get("/v1/referrals/{referral_id}", policy=policies.READ_REFERRAL)
async def get_referral(call: IntakeCall, referral_id: UUID) -> ReferralView:
    """One referral."""
    async with call.transaction() as tx:
        found = await referrals.find(tx, referral_id)
        return call.answer(ReferralView.of(found), version=found.version)


@routes.post(
    "/v1/referrals/{referral_id}/status",
    policy=policies.TAKE_REFERRAL,
    status=200,
    if_match=True,
)
async def post_referral_status(
    call: IntakeCall, referral_id: UUID, body: ReferralMoveBody
) -> ReferralView:
    """Say what became of a referral; its referrer sees the status."""
    command = MoveReferral(
        referral_id=referral_id,
        version=call.if_match,
        status=body.status,
        patient_id=body.patient_id,
        reason=body.reason,
    )
    async with call.transaction() as tx:
        moved = await move_referral(command, tx)
        return call.answer(ReferralView.of(moved), version=moved.version)


@routes.get("/v1/referral-status", policy=policies.FOLLOW_REFERRAL)
async def get_referral_status(call: IntakeCall) -> ReferralStatusView:
    """Where a referral stands, for who holds its token."""
    async with call.transaction() as tx:
        found = await referrals.find(tx, call.caller.subject)
        return call.answer(
            ReferralStatusView(
                indication=found.indication,
                status=found.status,
                status_reason=found.status_reason,
                received_at=found.received_at,
                changed_at=found.changed_at,
            )
        )
