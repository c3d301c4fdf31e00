"""The tables of what happens while a patient is dosed and watched."""

from sqlalchemy import Table, UniqueConstraint

from dosing.store.columns import (
    at,
    big,
    count,
    flag,
    key,
    mg,
    network,
    number,
    of,
    text,
    texts,
    uuid,
    words,
)
from dosing.store.session_tables import metadata

monitor_assignment = Table(
    "monitor_assignment",
    metadata,
    network(),
    of("session", primary=True),
    count("seq", primary=True),
    uuid("practitioner_id"),
    text("cause"),
    at("assigned_at"),
    flag("one_to_one", default="false"),
)

break_glass = Table(
    "dose_break_glass",
    metadata,
    key(),
    network(),
    of("session"),
    uuid("patient_id"),
    text("reason"),
    words("explanation"),
    uuid("asked_by"),
    at("asked_at"),
)

break_glass_confirmation = Table(
    "dose_break_glass_confirmation",
    metadata,
    of("dose_break_glass", primary=True),
    network(),
    uuid("confirmed_by"),
    at("confirmed_at"),
)

break_glass_use = Table(
    "dose_break_glass_use",
    metadata,
    of("dose_break_glass", primary=True),
    network(),
    uuid("administration_id"),
    at("used_at"),
)

benefit_risk_note = Table(
    "benefit_risk_note",
    metadata,
    key(),
    network(),
    of("session"),
    of("observation"),
    words("note"),
    uuid("signed_by"),
    at("signed_at"),
)

infusion = Table(
    "infusion",
    metadata,
    key(),
    network(),
    uuid("command_id"),
    of("session"),
    uuid("patient_id"),
    of("dose_order", name="order_id"),
    of("ledger_entry", name="draw_id"),
    of("observation", name="baseline_observation_id"),
    mg("planned_mg"),
    number("planned_ml", 8, 2),
    uuid("confirmation_id"),
    count("clearance_version"),
    texts("extra_monitoring"),
    UniqueConstraint("network_id", "command_id", name="infusion_command_key"),
)

infusion_event = Table(
    "infusion_event",
    metadata,
    network(),
    of("infusion", primary=True),
    count("seq", primary=True),
    text("kind"),
    number("rate_ml_per_h", 8, 2, null=True),
    number("volume_ml", 8, 2, null=True),
    text("cause"),
    uuid("done_by", null=True),
    at("occurred_at"),
    at("recorded_at"),
)

dose_not_given = Table(
    "dose_not_given",
    metadata,
    key(),
    network(),
    of("session"),
    uuid("patient_id"),
    of("dose_order", name="order_id"),
    mg(),
    text("reason"),
    uuid("recorded_by"),
    at("occurred_at"),
    at("recorded_at"),
)

drug_stop = Table(
    "drug_stop",
    metadata,
    of("session", primary=True),
    network(),
    uuid("patient_id"),
    text("reason"),
    flag("automatic"),
    uuid("stopped_by", null=True),
    at("stopped_at"),
)

alert = Table(
    "alert",
    metadata,
    key(),
    network(),
    of("session"),
    uuid("patient_id"),
    uuid("site_id"),
    text("code"),
    text("severity"),
    flag("stops_drug"),
    uuid("source_id"),
    at("raised_at"),
    UniqueConstraint("session_id", "code", "source_id", name="alert_once_key"),
)

alert_acknowledgement = Table(
    "alert_acknowledgement",
    metadata,
    of("alert", primary=True),
    network(),
    text("action"),
    uuid("acknowledged_by"),
    at("acknowledged_at"),
)

session_anchor = Table(
    "session_anchor",
    metadata,
    key(),
    network(),
    of("session"),
    text("cause"),
    text("boot"),
    big("ticks_ms"),
    at("anchored_at"),
)

device_batch = Table(
    "device_batch",
    metadata,
    key(),
    network(),
    of("session"),
    uuid("device_id"),
    count("accepted"),
    count("duplicates"),
    count("late"),
    at("received_at"),
)

device_reading = Table(
    "device_reading",
    metadata,
    of("session", primary=True),
    uuid("device_id", primary=True),
    text("kind", primary=True),
    at("read_at", primary=True),
    network(),
    number("value", 8, 3),
    flag("late"),
    of("device_batch", name="batch_id"),
)
