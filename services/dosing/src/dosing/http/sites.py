"""Who is on site, and how a site is set up, over HTTP."""

from uuid import UUID

from kairos_chassis.http.route import Routes
from kairos_chassis.http.schemas import Answer, Body
from kairos_chassis.policy import admit_site
from kairos_events.fields import Instant
from pydantic import Field

from dosing.domain.locale import Locale
from dosing.http import policies
from dosing.http.call import DosingCall
from dosing.http.schemas.zone import Zone
from dosing.store import sites
from dosing.use_cases.note_presence import NotePresence, note_presence
from dosing.use_cases.set_up_site import SetUpSite, set_up_site

routes = Routes("sites")


class PresenceBody(Body):
    """The caller comes to a site, or leaves it."""

    site_id: UUID
    present: bool


class PresenceView(Answer):
    """Who is on site from then on, or is not."""

    id: UUID
    site_id: UUID
    practitioner_id: UUID
    present: bool
    recorded_at: Instant


class SettingBody(Body):
    """Whose dose tables hold at a site, and where it lies."""

    site_id: UUID
    locale: Locale
    zone: Zone | None = Field(
        default=None, description="for a site where nobody has checked in: else scheduling says it"
    )


class SettingView(Answer):
    """How a site is set up."""

    site_id: UUID
    locale: Locale
    zone: str | None = Field(description="as scheduling says it, else as set up; null: unknown")
    set_at: Instant | None = Field(description="null where nobody has said")


@routes.post("/v1/site-presences", policy=policies.NOTE_PRESENCE)
async def post_presence(call: DosingCall, body: PresenceBody) -> PresenceView:
    """Say that one has come to a site, or leaves it: a REMS dose needs a prescriber there."""
    command = NotePresence(site_id=body.site_id, present=body.present, by=call.caller)
    async with call.transaction() as tx:
        noted = await note_presence(command, tx)
        return call.answer(
            PresenceView(**{name: getattr(noted, name) for name in PresenceView.model_fields})
        )


@routes.post("/v1/site-settings", policy=policies.SET_UP_SITE)
async def post_site_setting(call: DosingCall, body: SettingBody) -> SettingView:
    """Say whose dose tables hold at a site, for sessions opened from now on."""
    command = SetUpSite(site_id=body.site_id, locale=body.locale, zone=body.zone, by=call.caller)
    async with call.transaction() as tx:
        made = await set_up_site(command, tx)
        await tx.flush()
        zone = await sites.zone_of(tx, made.site_id)
        view = SettingView(site_id=made.site_id, locale=made.locale, zone=zone, set_at=made.set_at)
        return call.answer(view)


@routes.get("/v1/site-settings", policy=policies.READ_PROTOCOL)
async def get_site_setting(call: DosingCall, site_id: UUID) -> SettingView:
    """How a site is set up."""
    admit_site(call.caller, site_id)
    async with call.transaction() as tx:
        found = await sites.setting_of(tx, site_id)
        locale = Locale.US if found is None else found.locale
        at = None if found is None else found.set_at
        zone = await sites.zone_of(tx, site_id)
        return call.answer(SettingView(site_id=site_id, locale=locale, zone=zone, set_at=at))
