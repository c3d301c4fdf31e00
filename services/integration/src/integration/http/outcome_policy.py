"""How outcomes are judged, over HTTP: thresholds, formulas, and who published them."""

from kairos_chassis.http.route import Routes
from kairos_chassis.http.schemas import Answer
from kairos_events.fields import ExactDecimal

from integration.data.following import outcomes as policy
from integration.http import policies
from integration.http.call import IntegrationCall
from integration.http.views import view

routes = Routes("outcome policy")


class FormulaView(Answer):
    """How one figure or class is worked out."""

    code: str
    formula: str
    source: str


class ScaleView(Answer):
    """The thresholds of one scale; null where none is set."""

    instrument: str
    maximum: ExactDecimal
    response_percent: ExactDecimal | None
    response_points: ExactDecimal | None
    remission_below: ExactDecimal | None
    deterioration_points: ExactDecimal | None
    relapse_from: ExactDecimal | None
    sd: ExactDecimal | None
    reliability: ExactDecimal | None


class OutcomePolicyView(Answer):
    """By what outcomes are judged."""

    policy_version: str
    reliable_at: ExactDecimal
    formulas: list[FormulaView]
    scales: list[ScaleView]


@routes.get("/v1/outcome-policy", policy=policies.READ_OUTCOME_POLICY)
async def get_outcome_policy(call: IntegrationCall) -> OutcomePolicyView:
    """The formulas behind every figure, with their sources."""
    known = policy()
    answer = OutcomePolicyView(
        policy_version=known.version,
        reliable_at=known.reliable_at,
        formulas=[view(FormulaView, one) for one in known.formulas],
        scales=[view(ScaleView, one) for one in known.scales.values()],
    )
    async with call.transaction():
        return call.answer(answer)
