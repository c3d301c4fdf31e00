"""The only place of this service that builds things."""

from kairos_chassis.db import Database
from kairos_chassis.process import Runtime, Service, Wired

from integration import data
from integration.consume import handlers
from integration.data import following
from integration.deps import Deps
from integration.due import timers
from integration.http import (
    care_plans,
    cohorts,
    commitments,
    episodes,
    journal,
    outcome_policy,
    outcomes,
    private_notes,
    therapy_drafts,
    therapy_sessions,
)
from integration.http import red_flags as red_flag_routes
from integration.http import safety_calls as safety_call_routes
from integration.http import tasks as task_routes
from integration.settings import IntegrationSettings
from integration.store.key_providers import FileKeyProvider, KeyProvider, SecretKeyProvider

NOTES_POOL_SIZE = 4
POLICIES = (
    data.integration_windows,
    data.escalation,
    data.safety_calls,
    data.red_flags,
    data.therapy,
    data.note_prompts,
    data.journal,
    following.outcomes,
    following.measures,
    following.cohorts,
)


async def wire(runtime: Runtime[IntegrationSettings]) -> Wired:
    """Build what the routes and handlers work with."""
    # Policy that cannot be read must stop the start, not a patient's visit.
    for policy in POLICIES:
        policy()
    settings = runtime.settings
    ring = await _provider(settings).load()
    notes = await Database.connect(
        settings.notes_database_url.get_secret_value(),
        runtime.clock,
        size=NOTES_POOL_SIZE,
        name="kairos-integration-notes",
    )
    deps = Deps(db=runtime.db, clock=runtime.clock, notes=notes, ring=ring)
    return Wired(deps=deps, close=(notes.close,))


def _provider(settings: IntegrationSettings) -> KeyProvider:
    if settings.sealing_key_file is not None:
        return FileKeyProvider(settings.sealing_key_file, make=settings.may_make_the_key)
    assert settings.sealing_key is not None
    return SecretKeyProvider(settings.sealing_key.get_secret_value())


SERVICE = Service(
    name="integration",
    summary="Turning the experience into change",
    settings=IntegrationSettings,
    routes=(
        episodes.routes,
        therapy_sessions.routes,
        therapy_drafts.routes,
        commitments.routes,
        private_notes.routes,
        journal.routes,
        outcomes.routes,
        outcome_policy.routes,
        cohorts.routes,
        care_plans.routes,
        task_routes.routes,
        safety_call_routes.routes,
        red_flag_routes.routes,
    ),
    handlers=handlers,
    timers=timers,
    wire=wire,
)
