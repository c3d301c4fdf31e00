"""Rule sets, overlays and overrides over HTTP."""

from uuid import UUID

from kairos_chassis.http.route import Routes
from kairos_chassis.http.schemas import JsonDocument

from intake.http import policies
from intake.http.call import IntakeCall
from intake.http.schemas.eligibility import DecisionView
from intake.http.schemas.rules import (
    OverrideBody,
    ProposalView,
    PublicationList,
    PublicationView,
    RuleSetView,
    SignedRules,
)
from intake.store import override_proposals, rule_sets
from intake.use_cases.propose_override import ProposeOverride, propose_override
from intake.use_cases.publish_rules import PublishRules, publish_rules
from intake.use_cases.rules_in_force import rules_in_force
from intake.use_cases.sign_override import SignOverride, sign_override
from intake.use_cases.sign_rules import SignRules, sign_rules

routes = Routes("rules")


@routes.get("/v1/patients/{patient_id}/rules", policy=policies.READ_ELIGIBILITY)
async def get_rules(call: IntakeCall, patient_id: UUID) -> RuleSetView:
    """The rules this patient is held to."""
    async with call.transaction() as tx:
        return call.answer(RuleSetView.of(await rules_in_force(patient_id, tx)))


@routes.get("/v1/rule-publications", policy=policies.READ_RULES)
async def list_publications(call: IntakeCall) -> PublicationList:
    """The network's own rule set and overlays in force."""
    async with call.transaction() as tx:
        found = await rule_sets.in_force(tx)
        return call.answer(PublicationList(items=[PublicationView.of(one) for one in found]))


@routes.post("/v1/rule-signatures", policy=policies.SIGN_RULES)
async def post_rule_signature(call: IntakeCall, body: JsonDocument) -> SignedRules:
    """Sign a rule file. The caller is the medical director who answers for it."""
    command = SignRules(document=body.root, signed_by=call.caller.subject)
    async with call.transaction() as tx:
        sha256, loosens = await sign_rules(command, tx)
        return call.answer(SignedRules(sha256=sha256, loosens=list(loosens)))


@routes.post("/v1/rule-publications", policy=policies.PUBLISH_RULES)
async def post_publication(call: IntakeCall, body: JsonDocument) -> PublicationView:
    """Publish a rule set or an overlay: it is in force at once."""
    command = PublishRules(document=body.root, published_by=call.caller.subject)
    async with call.transaction() as tx:
        return call.answer(PublicationView.of(await publish_rules(command, tx)))


@routes.post("/v1/patients/{patient_id}/override-proposals", policy=policies.DECIDE)
async def post_override_proposal(
    call: IntakeCall, patient_id: UUID, body: OverrideBody
) -> ProposalView:
    """Propose to decide eligible over a rule. It allows nothing by itself."""
    command = ProposeOverride(
        patient_id=patient_id,
        evaluation_id=body.evaluation_id,
        overrides=[one.to_domain() for one in body.overrides],
        attestations=[one.to_domain() for one in body.attestations],
        proposed_by=call.caller.subject,
    )
    async with call.transaction() as tx:
        made = await propose_override(command, tx)
        return call.answer(ProposalView.of(made), location=f"/v1/override-proposals/{made.id}")


@routes.get("/v1/override-proposals/{proposal_id}", policy=policies.READ_PROPOSAL)
async def get_override_proposal(call: IntakeCall, proposal_id: UUID) -> ProposalView:
    """One proposal."""
    async with call.transaction() as tx:
        return call.answer(ProposalView.of(await override_proposals.find(tx, proposal_id)))


@routes.post("/v1/override-proposals/{proposal_id}/signature", policy=policies.SIGN_OVERRIDE)
async def post_override_signature(call: IntakeCall, proposal_id: UUID) -> DecisionView:
    """Sign as the second person: the proposal becomes a decision."""
    command = SignOverride(proposal_id=proposal_id, signed_by=call.caller.subject)
    async with call.transaction() as tx:
        return call.answer(DecisionView.of(await sign_override(command, tx)))
