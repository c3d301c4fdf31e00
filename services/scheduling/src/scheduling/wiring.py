"""The only place of this service that builds things."""

import ssl

from kairos_chassis.bus.catalogue import freshness_of
from kairos_chassis.process import Runtime, Service, Wired

from scheduling import data
from scheduling.consume import handlers
from scheduling.data.house import policy_rules
from scheduling.data.states import us_states
from scheduling.data.time_zones import use_own_time_zones
from scheduling.deps import Alternatives, Deps
from scheduling.due import courier, timers
from scheduling.http import (
    breaches,
    clearances,
    courses,
    directory,
    duties,
    feeds,
    holds,
    hours,
    house_policies,
    imports,
    practitioners,
    reminders,
    sites,
    slots,
    visit_changes,
    visit_series,
    visit_types,
    visits,
    waitlist,
)
from scheduling.senders import LogSender, Sender, SmtpSender
from scheduling.settings import SchedulingSettings


async def wire(runtime: Runtime[SchedulingSettings]) -> Wired:
    """Build what the routes and handlers work with."""
    # Policy that cannot be read must stop the start, not a patient's visit.
    data.visit_types()
    data.credential_kinds()
    data.check_in_policy()
    us_states()
    data.booking_policy()
    data.protocols()
    data.waitlist_policy()
    data.integration_policy()
    policy_rules()
    use_own_time_zones()
    alternatives = Alternatives(runtime.db)
    deps = Deps(
        db=runtime.db,
        clock=runtime.clock,
        alternatives=alternatives,
        freshness=freshness_of(SERVICE.name, clearances.TOPIC),
        course_effort=runtime.settings.course_effort,
    )
    courier.engage(runtime.db, _sender(runtime.settings))
    return Wired(deps=deps, capabilities=feeds.holder_of, close=(courier.finish,))


def _sender(settings: SchedulingSettings) -> Sender:
    if not settings.smtp_host:
        return LogSender()
    here = settings.smtp_host in ("127.0.0.1", "::1", "localhost")
    return SmtpSender(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_from,
        settings.smtp_user,
        settings.smtp_password.get_secret_value(),
        tls=None if here else ssl.create_default_context(cafile=settings.smtp_ca_file),
    )


SERVICE = Service(
    name="scheduling",
    summary="Who, where, when, with what and with whom",
    settings=SchedulingSettings,
    routes=(
        sites.routes,
        practitioners.routes,
        visit_types.routes,
        visits.routes,
        visit_changes.routes,
        holds.routes,
        slots.routes,
        hours.routes,
        duties.routes,
        courses.routes,
        breaches.routes,
        waitlist.routes,
        feeds.routes,
        reminders.routes,
        directory.routes,
        imports.routes,
        clearances.routes,
        house_policies.routes,
        visit_series.routes,
    ),
    handlers=handlers,
    timers=timers,
    wire=wire,
)
