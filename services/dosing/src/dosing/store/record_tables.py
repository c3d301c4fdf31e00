"""The tables of how sessions end, what went wrong, and what was put right."""

from sqlalchemy import Table, UniqueConstraint

from dosing.store.columns import (
    at,
    count,
    document,
    flag,
    key,
    network,
    of,
    text,
    texts,
    uuid,
    words,
)
from dosing.store.session_tables import metadata

discharge_override = Table(
    "discharge_override",
    metadata,
    of("session", primary=True),
    text("criterion", primary=True),
    network(),
    text("reason"),
    uuid("overridden_by"),
    at("overridden_at"),
)

discharge_instruction = Table(
    "discharge_instruction",
    metadata,
    of("session", primary=True),
    network(),
    text("version"),
    text("sha256"),
    uuid("given_by"),
    at("given_at"),
)

departure = Table(
    "departure",
    metadata,
    of("session", primary=True),
    network(),
    uuid("patient_id"),
    texts("unmet_criteria"),
    text("reason"),
    flag("risks_explained"),
    flag("keys_kept"),
    flag("escort_called"),
    uuid("charted_by"),
    at("left_at"),
    at("recorded_at"),
)

follow_up = Table(
    "follow_up",
    metadata,
    key(),
    network(),
    uuid("patient_id"),
    of("session"),
    uuid("site_id"),
    text("kind"),
    at("due_at"),
    at("requested_at"),
)

adverse_event = Table(
    "adverse_event",
    metadata,
    uuid("adverse_event_id", primary=True),
    count("version", primary=True),
    network(),
    uuid("patient_id"),
    of("session", null=True),
    uuid("site_id"),
    text("code"),
    text("grade"),
    texts("seriousness"),
    words("narrative"),
    text("outcome"),
    at("onset_at"),
    at("resolved_at", null=True),
    at("report_due_at", null=True),
    at("reported_at", null=True),
    words("report_reference", null=True),
    uuid("recorded_by"),
    at("recorded_at"),
)

session_note = Table(
    "session_note",
    metadata,
    key(),
    network(),
    of("session"),
    text("kind"),
    words("body"),
    uuid("written_by"),
    at("occurred_at"),
    at("recorded_at"),
)

correction = Table(
    "correction",
    metadata,
    key(),
    network(),
    of("session"),
    of("observation"),
    count("version"),
    document("content"),
    text("reason"),
    uuid("corrected_by"),
    at("recorded_at"),
    UniqueConstraint("observation_id", "version", name="correction_version_key"),
)
