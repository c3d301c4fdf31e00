"""Sign an override as the second person: it becomes a decision."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction

from intake.domain.eligibility import Decision, DecisionOutcome
from intake.store import clearances, override_proposals
from intake.use_cases.decide_eligibility import DecideEligibility, decide_eligibility


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOverride:
    """Somebody else agrees to what a prescriber proposed."""

    proposal_id: UUID
    signed_by: UUID


async def sign_override(command: SignOverride, tx: Transaction) -> Decision:
    """Decide what was proposed, if everything it rests on is still so.

    Raises ProposalNotFound (404), ProposalSettled, SameSigner, and what `decide_eligibility`
    raises: the evaluation must still be the newest, and from what is known now.
    """
    patient_id = (await override_proposals.find(tx, command.proposal_id)).patient_id
    await clearances.lock(tx, patient_id)
    proposal = await override_proposals.lock(tx, command.proposal_id)
    proposal.settle(proposal.id, command.signed_by)  # refuses before anything is decided
    decision = await decide_eligibility(
        DecideEligibility(
            patient_id=patient_id,
            evaluation_id=proposal.evaluation_id,
            outcome=DecisionOutcome.ELIGIBLE,
            attestations=proposal.attestations,
            decided_by=proposal.proposed_by,
            overrides=proposal.overrides,
            second_signer=command.signed_by,
        ),
        tx,
    )
    override_proposals.save(tx, proposal.settle(decision.id, command.signed_by))
    return decision
