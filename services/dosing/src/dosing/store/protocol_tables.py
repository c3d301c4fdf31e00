"""The tables of protocols of a network's own, and of what patients were given over time."""

from sqlalchemy import Column, Table, Text

from dosing.store.columns import (
    at,
    count,
    document,
    key,
    mg,
    network,
    number,
    of,
    sealed_document,
    text,
    uuid,
    words,
)
from dosing.store.session_tables import metadata

protocol_document = Table(
    "protocol_document",
    metadata,
    network(part_of_key=True),
    text("code", primary=True),
    text("version", primary=True),
    text("route"),
    text("locale"),
    document("content"),
    text("sha256"),
    uuid("submitted_by"),
    at("submitted_at"),
)

protocol_signature = Table(
    "protocol_signature",
    metadata,
    network(part_of_key=True),
    text("code", primary=True),
    text("version", primary=True),
    uuid("signed_by", primary=True),
    text("sha256"),
    at("signed_at"),
)

protocol_publication = Table(
    "protocol_publication",
    metadata,
    key(),
    network(),
    text("route"),
    Column("locale", Text, nullable=False, server_default="us"),
    text("code"),
    text("version"),
    text("sha256"),
    uuid("published_by"),
    at("published_at"),
)

exposure = Table(
    "exposure",
    metadata,
    key("dose_id"),
    network(),
    uuid("patient_id"),
    of("session"),
    text("route"),
    mg(),
    number("bioavailability", 6, 4),
    number("weight_kg", 6, 3),
    at("given_at"),
)

exposure_review = Table(
    "exposure_review",
    metadata,
    key(),
    network(),
    uuid("patient_id"),
    of("dose_order", name="order_id"),
    uuid("reviewed_by"),
    at("reviewed_at"),
)

intolerance = Table(
    "intolerance",
    metadata,
    key(),
    network(),
    uuid("patient_id"),
    of("session"),
    text("cause"),
    at("recorded_at"),
)

misuse_signal = Table(
    "misuse_signal",
    metadata,
    key(),
    network(),
    uuid("patient_id", null=True),
    uuid("staff_id", null=True),
    text("code"),
    document("reasons"),
    uuid("raised_by", null=True),
    at("raised_at"),
)

misuse_review = Table(
    "misuse_review",
    metadata,
    key("signal_id"),
    network(),
    text("outcome"),
    words("note"),
    uuid("reviewed_by"),
    at("reviewed_at"),
)

rems_enrolment = Table(
    "rems_enrolment",
    metadata,
    key(),
    network(),
    text("subject_kind"),
    uuid("subject_id"),
    text("status"),
    words("reference"),
    uuid("recorded_by"),
    at("recorded_at"),
)

rems_form = Table(
    "rems_form",
    metadata,
    key(),
    network(),
    of("session"),
    uuid("patient_id"),
    count("version"),
    text("form_version"),
    sealed_document("content"),
    at("due_at"),
    uuid("filled_by"),
    at("filled_at"),
)

rems_submission = Table(
    "rems_submission",
    metadata,
    key("form_id"),
    network(),
    text("channel"),
    words("reference"),
    uuid("submitted_by"),
    at("submitted_at"),
)
