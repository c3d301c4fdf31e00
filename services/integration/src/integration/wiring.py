"""The only place of this service that builds things."""

from kairos_chassis.process import Runtime, Service, Wired

from integration.consume import handlers
from integration.data import integration_windows
from integration.deps import Deps
from integration.http import episodes, therapy_sessions
from integration.settings import IntegrationSettings


async def wire(runtime: Runtime[IntegrationSettings]) -> Wired:
    """Build what the routes and handlers work with."""
    integration_windows()  # policy that cannot be read must stop the start, not a patient's visit
    return Wired(deps=Deps(db=runtime.db, clock=runtime.clock))


SERVICE = Service(
    name="integration",
    summary="Turning the experience into change",
    settings=IntegrationSettings,
    routes=(episodes.routes, therapy_sessions.routes),
    handlers=handlers,
    wire=wire,
)
