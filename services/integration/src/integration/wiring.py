"""The only place of this service that builds things."""

from kairos_chassis.process import Runtime, Service, Wired

from integration.consume import handlers
from integration.data import escalation, integration_windows, red_flags, safety_calls, therapy
from integration.deps import Deps
from integration.due import timers
from integration.http import commitments, episodes, therapy_drafts, therapy_sessions
from integration.http import red_flags as red_flag_routes
from integration.http import safety_calls as safety_call_routes
from integration.http import tasks as task_routes
from integration.settings import IntegrationSettings


async def wire(runtime: Runtime[IntegrationSettings]) -> Wired:
    """Build what the routes and handlers work with."""
    # Policy that cannot be read must stop the start, not a patient's visit.
    for policy in (integration_windows, escalation, safety_calls, red_flags, therapy):
        policy()
    return Wired(deps=Deps(db=runtime.db, clock=runtime.clock))


SERVICE = Service(
    name="integration",
    summary="Turning the experience into change",
    settings=IntegrationSettings,
    routes=(
        episodes.routes,
        therapy_sessions.routes,
        therapy_drafts.routes,
        commitments.routes,
        task_routes.routes,
        safety_call_routes.routes,
        red_flag_routes.routes,
    ),
    handlers=handlers,
    timers=timers,
    wire=wire,
)
