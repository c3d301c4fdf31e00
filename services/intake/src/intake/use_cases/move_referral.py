"""Move a referral to another status, which its referrer can follow."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion

from intake.data.policy import policy
from intake.domain.policy import demand_reason
from intake.domain.referral import Referral, ReferralStatus
from intake.store import patients, referrals


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveReferral:
    """What became of it; one that is accepted names the patient, one declined a reason."""

    referral_id: UUID
    version: int  # as the caller has read it
    status: ReferralStatus
    patient_id: UUID | None
    reason: str | None  # a code of the network's policy


async def move_referral(command: MoveReferral, tx: Transaction) -> Referral:
    """Keep the status.

    Raises ReferralNotFound, PatientNotFound (404), StaleVersion (412), ReferralMove (409),
    UnknownReason (422).
    """
    if command.status is ReferralStatus.DECLINED:
        demand_reason(command.reason or "", policy().referral_reasons)
    referral = await referrals.lock(tx, command.referral_id)
    if referral.version != command.version:
        raise StaleVersion
    if command.patient_id is not None:
        await patients.find(tx, command.patient_id)
    moved = referral.move(
        command.status, at=tx.now, patient_id=command.patient_id, reason=command.reason
    )
    referrals.save(tx, moved)
    return moved
