"""The tables of this service."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Integer,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import (
    ARRAY,
    INT4RANGE,
    TSTZRANGE,
    ExcludeConstraint,
)

from scheduling.store.calendar_tables import (
    closure,
    dosed_patient,
    equipment,
    monitor_limit,
    overbooking,
    slot_hold,
    visit_change,
    weekly_hours,
)
from scheduling.store.course_tables import course, course_proposal, course_step
from scheduling.store.declared import INSTANT as _INSTANT
from scheduling.store.declared import metadata
from scheduling.store.duty_tables import (
    calendar_feed,
    consent_reaffirmation,
    integration_duty,
    reminder,
    reminder_address,
    review,
    waitlist_entry,
    waitlist_offer,
)
from scheduling.store.people_tables import (
    clearance,
    credential,
    credential_alert,
    practitioner,
    replan_task,
)
from scheduling.store.rule_tables import (
    clearance_followed,
    patient_initials,
    patient_link,
    policy_version,
    visit_series,
    visit_series_visit,
)

__all__ = [
    "calendar_feed",
    "check_in",
    "clearance",
    "clearance_followed",
    "closure",
    "consent_reaffirmation",
    "course",
    "course_proposal",
    "course_step",
    "credential",
    "credential_alert",
    "dosed_patient",
    "equipment",
    "integration_duty",
    "metadata",
    "monitor_limit",
    "occupancy",
    "overbooking",
    "patient_initials",
    "patient_link",
    "policy_version",
    "practitioner",
    "reminder",
    "reminder_address",
    "replan_task",
    "review",
    "room",
    "site",
    "slot_hold",
    "visit",
    "visit_change",
    "visit_series",
    "visit_series_visit",
    "visit_staff",
    "waitlist_entry",
    "waitlist_offer",
    "weekly_hours",
]

site = Table(
    "site",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("added_at", _INSTANT, nullable=False),
)

room = Table(
    "room",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("site_id", Uuid, ForeignKey("site.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("added_at", _INSTANT, nullable=False),
)

visit = Table(
    "visit",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("patient_id", Uuid, nullable=False),
    Column("site_id", Uuid, ForeignKey("site.id"), nullable=False),
    Column("room_id", Uuid, ForeignKey("room.id")),
    Column("visit_type", Text, nullable=False),
    Column("visit_type_version", Text, nullable=False),
    Column("route", Text),
    Column("starts_at", _INSTANT, nullable=False),
    Column("ends_at", _INSTANT, nullable=False),
    Column("local_on", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("held_reason", Text),
    Column("booked_at", _INSTANT, nullable=False),
    Column("version", Integer, nullable=False),
    Column("equipment_ids", ARRAY(Uuid), nullable=False, server_default="{}"),
    Column("one_to_one", Boolean, nullable=False, server_default="false"),
    Column("course_id", Uuid),
    Column("ended_reason", Text),
    Column("ended_at", _INSTANT),
)

visit_staff = Table(
    "visit_staff",
    metadata,
    Column("visit_id", Uuid, ForeignKey("visit.id"), primary_key=True),
    Column("role", Text, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("practitioner_id", Uuid, nullable=False),
    ForeignKeyConstraint(
        ["network_id", "practitioner_id"], ["practitioner.network_id", "practitioner.id"]
    ),
)

check_in = Table(
    "check_in",
    metadata,
    Column("visit_id", Uuid, ForeignKey("visit.id"), primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("patient_id", Uuid, nullable=False),
    Column("escort_confirmed", Boolean, nullable=False),
    Column("fasting", Text),
    Column("screen", Text),
    Column("consent_reaffirmed", Boolean),
    Column("policy_version", Text, nullable=False),
    Column("checked_in_by", Uuid, nullable=False),
    Column("checked_in_at", _INSTANT, nullable=False),
)

occupancy = Table(
    "occupancy",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("resource_kind", Text, nullable=False),
    Column("resource_id", Uuid, nullable=False),
    Column("during", TSTZRANGE, nullable=False),
    Column("visit_id", Uuid, ForeignKey("visit.id")),
    Column("hold_id", Uuid, ForeignKey("slot_hold.id")),
    Column("expires_at", _INSTANT),
    Column("lanes", INT4RANGE, nullable=False, server_default="[0,)"),
    Column("starts_at", _INSTANT, Computed("lower(during)", persisted=True)),
    ExcludeConstraint(
        ("network_id", "="),
        ("resource_kind", "="),
        ("resource_id", "="),
        ("during", "&&"),
        ("lanes", "&&"),
        name="occupancy_free",
        using="gist",
    ),
)
