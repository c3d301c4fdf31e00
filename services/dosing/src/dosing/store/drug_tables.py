"""The tables of this service: the ledger, and what was given by it."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from dosing.store.session_tables import metadata

_INSTANT = DateTime(timezone=True)
_MG = Numeric(12, 3)


def _network() -> Column[object]:
    return Column("network_id", Uuid, nullable=False)


def _of(table: str, *, name: str | None = None, null: bool = False) -> Column[object]:
    return Column(name or f"{table}_id", Uuid, ForeignKey(f"{table}.id"), nullable=null)


container = Table(
    "container",
    metadata,
    Column("id", Uuid, primary_key=True),
    _network(),
    Column("site_id", Uuid, nullable=False),
    Column("product", Text, nullable=False),
    Column("lot", Text, nullable=False),
    Column("expires_on", Date, nullable=False),
    Column("balance_mg", _MG, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("last_hash", Text, nullable=False),
    Column("received_at", _INSTANT, nullable=False),
    Column("ownership", Text, nullable=False, server_default="clinic_stock"),
    Column("patient_id", Uuid),
    Column("first_drawn_at", _INSTANT),
)

ledger_entry = Table(
    "ledger_entry",
    metadata,
    Column("id", Uuid, primary_key=True),
    _network(),
    _of("container"),
    Column("seq", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("amount_mg", _MG, nullable=False),
    Column("balance_after_mg", _MG, nullable=False),
    Column("entered_at", _INSTANT, nullable=False),
    Column("actor", Uuid, nullable=False),
    Column("witness", Uuid),
    _of("session", null=True),
    Column("draw_id", Uuid),
    Column("reference_id", Uuid),
    Column("reason", Text),
    Column("prior_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    UniqueConstraint("container_id", "seq", name="ledger_entry_seq_key"),
)

waste_request = Table(
    "waste_request",
    metadata,
    Column("id", Uuid, primary_key=True),
    _network(),
    _of("container"),
    _of("session"),
    _of("ledger_entry", name="draw_id"),
    Column("amount_mg", _MG, nullable=False),
    Column("reason", Text, nullable=False),
    Column("requested_by", Uuid, nullable=False),
    Column("requested_at", _INSTANT, nullable=False),
)

lot_quarantine = Table(
    "lot_quarantine",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=text("gen_random_uuid()")),
    _network(),
    Column("product", Text, nullable=False),
    Column("lot", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("quarantined_by", Uuid, nullable=False),
    Column("quarantined_at", _INSTANT, nullable=False),
)

lot_release = Table(
    "lot_release",
    metadata,
    Column("id", Uuid, primary_key=True),
    _network(),
    _of("lot_quarantine", name="quarantine_id"),
    Column("reason", Text, nullable=False),
    Column("recall_notice", Text),
    Column("asked_by", Uuid, nullable=False),
    Column("asked_at", _INSTANT, nullable=False),
)

lot_release_confirmation = Table(
    "lot_release_confirmation",
    metadata,
    Column("release_id", Uuid, ForeignKey("lot_release.id"), primary_key=True),
    _network(),
    Column("confirmed_by", Uuid, nullable=False),
    Column("confirmed_at", _INSTANT, nullable=False),
)

dose_check = Table(
    "dose_check",
    metadata,
    Column("id", Uuid, primary_key=True),
    _network(),
    _of("session"),
    _of("dose_order", name="order_id"),
    _of("ledger_entry", name="draw_id"),
    Column("amount_mg", _MG, nullable=False),
    Column("checked_by", Uuid, nullable=False),
    Column("checked_at", _INSTANT, nullable=False),
)

dose = Table(
    "dose",
    metadata,
    Column("id", Uuid, primary_key=True),
    _network(),
    Column("command_id", Uuid, nullable=False),
    _of("session"),
    Column("patient_id", Uuid, nullable=False),
    _of("dose_order", name="order_id"),
    _of("ledger_entry", name="draw_id"),
    _of("observation", name="baseline_observation_id"),
    Column("amount_mg", _MG, nullable=False),
    Column("administered_at", _INSTANT, nullable=False),
    Column("recorded_at", _INSTANT, nullable=False),
    Column("administered_by", Uuid, nullable=False),
    Column("confirmation_id", Uuid, nullable=False),
    Column("clearance_version", Integer, nullable=False),
    Column("extra_monitoring", ARRAY(Text), nullable=False),
    UniqueConstraint("network_id", "command_id", name="dose_command_key"),
)

administration_refusal = Table(
    "administration_refusal",
    metadata,
    Column("id", Uuid, primary_key=True),
    _network(),
    _of("session"),
    Column("patient_id", Uuid, nullable=False),
    Column("rules", ARRAY(Text), nullable=False),
    Column("requested_by", Uuid, nullable=False),
    Column("refused_at", _INSTANT, nullable=False),
)

discharge = Table(
    "discharge",
    metadata,
    Column("session_id", Uuid, ForeignKey("session.id"), primary_key=True),
    _network(),
    Column("patient_id", Uuid, nullable=False),
    Column("escort_id", Text, nullable=False),
    Column("instructions_given", Boolean, nullable=False),
    Column("crisis_number_given", Boolean, nullable=False),
    Column("no_driving_agreed", Boolean, nullable=False),
    Column("signed_by", Uuid, nullable=False),
    Column("discharged_at", _INSTANT, nullable=False),
)
