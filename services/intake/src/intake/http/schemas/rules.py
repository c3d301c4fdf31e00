"""Rules, their publications and overrides, as asked and answered."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Instant
from pydantic import Field

from intake.domain.eligibility import OverrideProposal
from intake.domain.rule_sets import ScopeKind
from intake.domain.rules import Outcome, Override, Phase, RuleSet, RuleText, Standing
from intake.http.schemas.eligibility import AttestationBody, AttestationView
from intake.store.rule_sets import Publication


class RuleView(Answer):
    """One rule in words. `label_standing` is what the US label says, `clinic_policy` what the
    clinic makes of it."""

    id: str
    outcome: Outcome
    phase: Phase
    override: Override
    routes: list[str]
    monitoring: list[str]
    inputs: list[str]
    optional: list[str]
    expression: str
    label_standing: Standing
    clinic_policy: str
    basis: str
    source: str
    explanation: str

    @classmethod
    def of(cls, text: RuleText) -> "RuleView":
        """The view of a rule."""
        return cls(
            id=text.id,
            outcome=text.outcome,
            phase=text.phase,
            override=text.override,
            routes=list(text.routes),
            monitoring=list(text.monitoring),
            inputs=list(text.inputs),
            optional=list(text.optional),
            expression=text.expression,
            label_standing=text.label_standing,
            clinic_policy=text.clinic_policy,
            basis=text.basis,
            source=text.source,
            explanation=text.explanation,
        )


class RuleSetView(Answer):
    """The rules a patient is held to."""

    version: str
    rules: list[RuleView]

    @classmethod
    def of(cls, rules: RuleSet) -> "RuleSetView":
        """The view of a rule set."""
        return cls(version=rules.version, rules=[RuleView.of(rule.text) for rule in rules.rules])


class PublicationView(Answer):
    """A rule set or overlay as it was published. `loosens` names the rules that protect less."""

    id: UUID
    kind: str
    scope_kind: ScopeKind
    scope_value: str
    version: str
    sha256: str
    loosens: list[str]
    signed_by: UUID | None
    published_by: UUID
    published_at: Instant

    @classmethod
    def of(cls, made: Publication) -> "PublicationView":
        """The view of a publication."""
        return cls(
            id=made.id,
            kind=made.kind,
            scope_kind=made.scope.kind,
            scope_value=made.scope.value,
            version=made.version,
            sha256=made.sha256,
            loosens=list(made.loosens),
            signed_by=made.signed_by,
            published_by=made.published_by,
            published_at=made.published_at,
        )


class PublicationList(Answer):
    """What is in force beside the rules that ship."""

    items: list[PublicationView]


class SignedRules(Answer):
    """The digest that was signed, and the rules the file makes protect less."""

    sha256: str
    loosens: list[str]


class OverrideBody(Body):
    """What a prescriber would decide over which rules, and why."""

    evaluation_id: UUID
    overrides: Annotated[list[AttestationBody], Field(min_length=1, max_length=100)]
    attestations: Annotated[list[AttestationBody], Field(default_factory=list, max_length=100)]


class ProposalView(Answer):
    """A proposal; `decision_id` once a second signer has made it a decision."""

    id: UUID
    patient_id: UUID
    evaluation_id: UUID
    overrides: list[AttestationView]
    attestations: list[AttestationView]
    proposed_by: UUID
    proposed_at: Instant
    decision_id: UUID | None

    @classmethod
    def of(cls, made: OverrideProposal) -> "ProposalView":
        """The view of a proposal."""
        return cls(
            id=made.id,
            patient_id=made.patient_id,
            evaluation_id=made.evaluation_id,
            overrides=[AttestationView.of(one) for one in made.overrides],
            attestations=[AttestationView.of(one) for one in made.attestations],
            proposed_by=made.proposed_by,
            proposed_at=made.proposed_at,
            decision_id=made.decision_id,
        )
