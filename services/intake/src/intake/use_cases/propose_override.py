"""Propose to decide eligible over a rule that excludes or holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from intake.data.policy import policy
from intake.domain.eligibility import (
    Attestation,
    DecisionOutcome,
    OverrideProposal,
    check_attested,
    check_overrides,
)
from intake.domain.errors import EvaluationNotFound
from intake.domain.policy import demand_reason
from intake.store import clearances, evaluations, override_proposals
from intake.use_cases.rules_in_force import rules_in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeOverride:
    """What a prescriber would decide, if somebody else agrees."""

    patient_id: UUID
    evaluation_id: UUID
    overrides: Sequence[Attestation]
    attestations: Sequence[Attestation]
    proposed_by: UUID


async def propose_override(command: ProposeOverride, tx: Transaction) -> OverrideProposal:
    """Keep the proposal. It allows nothing until a second signer makes it a decision.

    Raises PatientNotFound, EvaluationNotFound (404), NothingToOverride, NotOverridable,
    RulesForbid, AttestationMissing (409), AttestationUnfounded, UnknownReason (422).
    """
    await clearances.lock(tx, command.patient_id)
    evaluation = await evaluations.find(tx, command.evaluation_id)
    if evaluation.patient_id != command.patient_id:
        tx.about(command.patient_id)
        raise EvaluationNotFound
    for reason in (*command.overrides, *command.attestations):
        demand_reason(reason.reason, policy().attestation_reasons)
    check_overrides(evaluation, await rules_in_force(command.patient_id, tx), command.overrides)
    overridden = [override.rule for override in command.overrides]
    check_attested(evaluation, DecisionOutcome.ELIGIBLE, command.attestations, overridden)
    proposal = OverrideProposal(
        id=uuid7(),
        patient_id=command.patient_id,
        evaluation_id=evaluation.id,
        overrides=tuple(command.overrides),
        attestations=tuple(command.attestations),
        proposed_by=command.proposed_by,
        proposed_at=tx.now,
    )
    override_proposals.add(tx, proposal)
    return proposal
