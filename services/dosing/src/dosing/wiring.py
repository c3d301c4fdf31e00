"""The only place of this service that builds things."""

from kairos_chassis.bus.catalogue import freshness_of
from kairos_chassis.process import Runtime, Service, Wired

from dosing import data
from dosing.consume import handlers
from dosing.deps import Deps
from dosing.due import timers
from dosing.http import (
    administrations,
    alerts,
    care,
    containers,
    devices,
    discharges,
    documents,
    infusions,
    inventories,
    lots,
    observations,
    orders,
    protocols,
    sessions,
    sites,
    stock,
    streams,
    wastes,
    watch,
)
from dosing.intake_client import IntakeClient, TokenFile
from dosing.operations import VERBS
from dosing.settings import DosingSettings
from dosing.use_cases.gate_facts import INTAKE_TOPIC

POLICIES = (
    data.protocols,
    data.formulary,
    data.qualifications,
    data.glass_policy,
    data.misuse_policy,
    data.alert_rules,
    data.watch_policy,
    data.oximetry_policy,
    data.emergency_answer_within,
    data.escort_page_after,
    data.follow_up_rules,
    data.loss_policy,
    data.report_policy,
    data.rems_due_after,
)


async def wire(runtime: Runtime[DosingSettings]) -> Wired:
    """Build what the routes and handlers work with."""
    # Policy that cannot be read must stop the start, not a patient's session.
    for policy in POLICIES:
        policy()
    settings = runtime.settings
    intake = IntakeClient(
        str(settings.intake_url),
        TokenFile(settings.service_token_file),
        timeout_seconds=settings.intake_timeout_seconds,
    )
    deps = Deps(
        db=runtime.db,
        clock=runtime.clock,
        intake=intake,
        freshness=freshness_of(SERVICE.name, INTAKE_TOPIC),
    )
    return Wired(deps=deps, close=(intake.close,))


SERVICE = Service(
    name="dosing",
    summary="The record of what was given, seen and counted",
    settings=DosingSettings,
    routes=(
        sessions.routes,
        orders.routes,
        observations.routes,
        administrations.routes,
        discharges.routes,
        infusions.routes,
        alerts.routes,
        care.routes,
        containers.routes,
        wastes.routes,
        lots.routes,
        stock.routes,
        watch.routes,
        devices.routes,
        streams.routes,
        documents.routes,
        inventories.routes,
        protocols.routes,
        sites.routes,
    ),
    handlers=handlers,
    timers=timers,
    verbs=VERBS,
    wire=wire,
)
