"""Say whose dose tables hold at a site, and where it lies."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing.domain.locale import Locale
from dosing.store import sites
from dosing.store.sites import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpSite:
    """Sessions opened from now on go by it; those that are open keep their protocol."""

    site_id: UUID
    locale: Locale
    zone: str | None = None  # IANA name, for a site where nobody has checked in yet
    by: Caller


async def set_up_site(command: SetUpSite, tx: Transaction) -> Setting:
    """Keep it, as another version beside those before."""
    admit_site(command.by, command.site_id)
    made = Setting(
        id=uuid7(),
        site_id=command.site_id,
        locale=command.locale,
        zone=command.zone,
        set_by=command.by.subject,
        set_at=tx.now,
    )
    sites.add_setting(tx, made)
    return made
