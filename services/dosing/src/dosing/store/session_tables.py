"""The tables of this service: sessions and what is charted in them, and projections."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData()
_INSTANT = DateTime(timezone=True)
_MG = Numeric(12, 3)


def _network(*, key: bool = False) -> Column[object]:
    return Column("network_id", Uuid, primary_key=key, nullable=False)


def _of_session(*, key: bool = False) -> Column[object]:
    return Column("session_id", Uuid, ForeignKey("session.id"), primary_key=key, nullable=False)


clearance = Table(
    "clearance",
    metadata,
    _network(key=True),
    Column("patient_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("changed_at", _INSTANT, nullable=False),
    Column("routes", JSONB, nullable=False),
)

safety_concern = Table(
    "safety_concern",
    metadata,
    _network(key=True),
    Column("id", Uuid, primary_key=True),
    Column("patient_id", Uuid, nullable=False),
    Column("trigger", Text),
    Column("blocks_dosing", Boolean, nullable=False),
    Column("raised_at", _INSTANT),
    Column("acknowledged_at", _INSTANT),
)

practitioner = Table(
    "practitioner",
    metadata,
    _network(key=True),
    Column("id", Uuid, primary_key=True),
    Column("roles", ARRAY(Text), nullable=False),
    Column("registered_at", _INSTANT, nullable=False),
)

credential = Table(
    "credential",
    metadata,
    _network(key=True),
    Column("id", Uuid, primary_key=True),
    Column("practitioner_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text),
    Column("issued_on", Date, nullable=False),
    Column("expires_on", Date, nullable=False),
    Column("status", Text, nullable=False),
    Column("recorded_at", _INSTANT, nullable=False),
)

patient_dosing = Table(
    "patient_dosing",
    metadata,
    _network(key=True),
    Column("patient_id", Uuid, primary_key=True),
    Column("last_dose_at", _INSTANT),
    Column("last_dose_on", Date),
    Column("last_iv_equivalent_mg_per_kg", Numeric(8, 3)),
    Column("last_weight_kg", Numeric(6, 3)),
)

session = Table(
    "session",
    metadata,
    Column("id", Uuid, primary_key=True),
    _network(),
    Column("visit_id", Uuid, nullable=False),
    Column("patient_id", Uuid, nullable=False),
    Column("site_id", Uuid, nullable=False),
    Column("site_state", Text, nullable=False),
    Column("site_zone", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("protocol_code", Text, nullable=False),
    Column("protocol_version", Text, nullable=False),
    Column("opened_at", _INSTANT, nullable=False),
    Column("state", Text, nullable=False),
    Column("first_dose_at", _INSTANT),
    Column("last_dose_at", _INSTANT),
    Column("version", Integer, nullable=False),
    UniqueConstraint("network_id", "visit_id", name="session_visit_key"),
)

session_move = Table(
    "session_move",
    metadata,
    _network(),
    _of_session(key=True),
    Column("seq", Integer, primary_key=True),
    Column("from_state", Text),
    Column("to_state", Text, nullable=False),
    Column("moved_by", Uuid),
    Column("cause", Text, nullable=False),
    Column("moved_at", _INSTANT, nullable=False),
)

dose_order = Table(
    "dose_order",
    metadata,
    Column("id", Uuid, primary_key=True),
    _network(),
    _of_session(),
    Column("patient_id", Uuid, nullable=False),
    Column("route", Text, nullable=False),
    Column("product", Text, nullable=False),
    Column("ordered_value", _MG, nullable=False),
    Column("ordered_unit", Text, nullable=False),
    Column("weight_kg", Numeric(6, 3), nullable=False),
    Column("weight_measured_at", _INSTANT, nullable=False),
    Column("amount_mg", _MG, nullable=False),
    Column("amount_mg_per_kg", Numeric(8, 3), nullable=False),
    Column("volume_ml", Numeric(8, 2)),
    Column("units", Integer),
    Column("infusion_minutes", Integer),
    Column("iv_equivalent_mg_per_kg", Numeric(8, 3), nullable=False),
    Column("soft_stops", ARRAY(Text), nullable=False),
    Column("soft_stop_reason", Text),
    Column("prescribed_by", Uuid, nullable=False),
    Column("ordered_at", _INSTANT, nullable=False),
    Column("cancelled_by", Uuid),
    Column("cancelled_at", _INSTANT),
    Column("version", Integer, nullable=False),
)

observation = Table(
    "observation",
    metadata,
    Column("id", Uuid, primary_key=True),
    _network(),
    _of_session(),
    Column("patient_id", Uuid, nullable=False),
    Column("observed_at", _INSTANT, nullable=False),
    Column("recorded_at", _INSTANT, nullable=False),
    Column("recorded_by", Uuid, nullable=False),
    Column("minutes_since_first_dose", Integer),
    Column("systolic_mmhg", SmallInteger),
    Column("diastolic_mmhg", SmallInteger),
    Column("heart_rate_bpm", SmallInteger),
    Column("respiratory_rate_bpm", SmallInteger),
    Column("spo2_percent", SmallInteger),
    Column("moaas", SmallInteger),
    Column("cadss6", SmallInteger),
    Column("aldrete", ARRAY(SmallInteger)),
    Column("distress", SmallInteger),
    Column("orientation", SmallInteger),
    Column("gait_steady", Boolean),
    Column("nausea", SmallInteger),
    Column("symptoms", ARRAY(Text)),
    Column("side_effects", JSONB),
    Column("temperature_c", Numeric(4, 1)),
    Column("device_id", Uuid),
    Column("baseline", JSONB),
    Column("oximetry_continuous", Boolean),
)
