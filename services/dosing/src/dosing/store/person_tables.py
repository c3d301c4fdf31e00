"""The tables of who is one person, who is on site, and how a site is set up."""

from sqlalchemy import Table

from dosing.store.columns import at, flag, key, network, text, uuid
from dosing.store.session_tables import metadata

patient_link = Table(
    "patient_link",
    metadata,
    network(part_of_key=True),
    uuid("merged_patient_id", primary=True),
    uuid("surviving_patient_id", primary=True),
    flag("active"),
    at("changed_at"),
)

site_presence = Table(
    "site_presence",
    metadata,
    key(),
    network(),
    uuid("site_id"),
    uuid("practitioner_id"),
    flag("present"),
    at("recorded_at"),
)

site_setting = Table(
    "site_setting",
    metadata,
    key(),
    network(),
    uuid("site_id"),
    text("locale"),
    text("zone", null=True),
    uuid("set_by"),
    at("set_at"),
)
