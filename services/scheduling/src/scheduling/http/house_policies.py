"""Policy of a network's own over HTTP."""

from uuid import UUID

from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_site

from scheduling.http import policies
from scheduling.http.call import SchedulingCall
from scheduling.http.schemas.house_policies import HousePolicyView, PolicyBody, PolicyVersionView
from scheduling.store import policies as kept
from scheduling.store import sites
from scheduling.use_cases.set_policy import SetPolicy, set_policy

routes = Routes("booking policies")
_HISTORY = 20


@routes.post("/v1/booking-policies", policy=policies.SET_POLICY)
async def post_booking_policy(call: SchedulingCall, body: PolicyBody) -> PolicyVersionView:
    """Set policy of the network's own, or of a site.

    What tightens is set by whoever runs the clinic; what loosens takes a medical director.
    """
    if body.site_id is not None:
        admit_site(call.caller, body.site_id)
    command = SetPolicy(
        site_id=body.site_id,
        figures=body.figures.figures(),
        reason=body.reason,
        by=call.caller.subject,
        director="medical_director" in call.caller.roles,
    )
    async with call.transaction() as tx:
        made = await set_policy(command, tx)
        return call.answer(PolicyVersionView.of(made), location="/v1/booking-policies")


@routes.get("/v1/booking-policies", policy=policies.READ_POLICY)
async def get_booking_policy(call: SchedulingCall, site_id: UUID | None = None) -> HousePolicyView:
    """What holds at a site, or in the network as a whole, and the versions that made it so."""
    async with call.transaction() as tx:
        if site_id is not None:
            admit_site(call.caller, (await sites.find(tx, site_id)).id)
        policy = await kept.at(tx, site_id)
        history = await kept.history(tx, site_id, limit=_HISTORY)
        return call.answer(HousePolicyView.of(site_id, policy, history))
