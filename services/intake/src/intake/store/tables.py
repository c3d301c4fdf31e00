"""The tables of this service; those of rule sets and of later rooms stand in files of their own."""

from kairos_chassis.words import WordsJson
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Identity,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
    false,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from intake.store import identity_tables, outside_tables, record_tables, rule_tables
from intake.store.metadata import INSTANT as _INSTANT
from intake.store.metadata import metadata

__all__ = ["identity_tables", "metadata", "outside_tables", "record_tables", "rule_tables"]


patient = Table(
    "patient",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("given_name", Text),  # these and `phone`: null once `identity` holds them
    Column("family_name", Text),
    Column("born_on", Date),
    Column("sex_at_birth", Text, nullable=False),
    Column("administrative_gender", Text, nullable=False),
    Column("phone", Text),
    Column("preferred_language", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("home_site_id", Uuid),
    Column("state", Text),
    Column("erased_at", _INSTANT),
    Column("identity", WordsJson),
    Column("indexed_by", Text),  # the ring's key that has made its tokens
    Column("registered_at", _INSTANT, nullable=False),
    Column("version", Integer, nullable=False),
)

clearance = Table(
    "clearance",
    metadata,
    Column("patient_id", Uuid, ForeignKey("patient.id"), primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("changed_at", _INSTANT, nullable=False),
    Column("routes", JSONB, nullable=False),
)

clearance_confirmation = Table(
    "clearance_confirmation",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("patient_id", Uuid, ForeignKey("patient.id"), nullable=False),
    Column("route", Text, nullable=False),
    Column("clearance_version", Integer, nullable=False),
    Column("extra_monitoring", ARRAY(Text), nullable=False),
    Column("acting_for", Uuid, nullable=False),
    Column("confirmed_at", _INSTANT, nullable=False),
    Column("valid_until", _INSTANT, nullable=False),
)

assessment = Table(
    "assessment",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("patient_id", Uuid, ForeignKey("patient.id"), nullable=False),
    Column("instrument", Text, nullable=False),
    Column("instrument_version", Text, nullable=False),
    Column("started_at", _INSTANT, nullable=False),
    Column("completed_at", _INSTANT),
    Column("score", Integer),
    Column("band", Text),
    Column("algorithm_version", Text),
    Column("scores", JSONB),
    Column("prorated", Boolean, nullable=False, server_default=false()),
    Column("recall_overlaps_dose", Boolean, nullable=False, server_default=false()),
    Column("entered", Boolean, nullable=False, server_default=false()),
    Column("rescores", Uuid),
    Column("version", Integer, nullable=False),
)

assessment_answer = Table(
    "assessment_answer",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("seq", BigInteger, Identity(always=True), nullable=False),
    Column("network_id", Uuid, nullable=False),
    Column("assessment_id", Uuid, ForeignKey("assessment.id"), nullable=False),
    Column("item", Text, nullable=False),
    Column("value", SmallInteger, nullable=False),
    Column("answered_by", Uuid, nullable=False),
    Column("answered_at", _INSTANT, nullable=False),
)

safety_concern = Table(
    "safety_concern",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("patient_id", Uuid, ForeignKey("patient.id"), nullable=False),
    Column("assessment_id", Uuid, ForeignKey("assessment.id")),
    Column("origin", Text, nullable=False, server_default="assessment"),
    Column("origin_id", Uuid),
    Column("unattended", Boolean, nullable=False, server_default=false()),
    Column("trigger", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("release", Text, nullable=False),
    Column("blocks_dosing", Boolean, nullable=False),
    Column("raised_at", _INSTANT, nullable=False),
    Column("acknowledged_at", _INSTANT),
    Column("acknowledged_by", Uuid),
    Column("acknowledgement_reason", Text),
    Column("escalation_step", Integer, nullable=False, server_default="0"),
    Column("escalated_at", _INSTANT),
    Column("cleared_at", _INSTANT),
    Column("cleared_by", Uuid),
    Column("clearing_reason", Text),
    Column("version", Integer, nullable=False),
)

clinical_fact = Table(
    "clinical_fact",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("seq", BigInteger, Identity(always=True), nullable=False),
    Column("network_id", Uuid, nullable=False),
    Column("patient_id", Uuid, ForeignKey("patient.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("value", JSONB),
    Column("occurred_at", _INSTANT, nullable=False),
    Column("recorded_at", _INSTANT, nullable=False),
    Column("recorded_by", Uuid, nullable=False),
    Column("source", Text, nullable=False),
)

evaluation = Table(
    "evaluation",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("seq", BigInteger, Identity(always=True), nullable=False),
    Column("network_id", Uuid, nullable=False),
    Column("patient_id", Uuid, ForeignKey("patient.id"), nullable=False),
    Column("route", Text, nullable=False),
    Column("phase", Text, nullable=False, server_default="screening"),
    Column("rule_set_version", Text, nullable=False),
    Column("inputs", JSONB, nullable=False),
    Column("results", JSONB, nullable=False),
    Column("evaluated_at", _INSTANT, nullable=False),
    Column("evaluated_by", Uuid, nullable=False),
)

eligibility_decision = Table(
    "eligibility_decision",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("seq", BigInteger, Identity(always=True), nullable=False),
    Column("network_id", Uuid, nullable=False),
    Column("patient_id", Uuid, ForeignKey("patient.id"), nullable=False),
    Column("route", Text, nullable=False),
    Column("evaluation_id", Uuid, ForeignKey("evaluation.id"), nullable=False),
    Column("rule_set_version", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("attestations", WordsJson, nullable=False),
    Column("extra_monitoring", ARRAY(Text), nullable=False),
    Column("decided_by", Uuid, nullable=False),
    Column("decided_at", _INSTANT, nullable=False),
    Column("expires_at", _INSTANT, nullable=False),
    Column("overrides", WordsJson, nullable=False, server_default="[]"),
    Column("second_signer", Uuid),
)

consent = Table(
    "consent",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("seq", BigInteger, Identity(always=True), nullable=False),
    Column("network_id", Uuid, nullable=False),
    Column("patient_id", Uuid, ForeignKey("patient.id"), nullable=False),
    Column("document", Text, nullable=False),
    Column("document_version", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("text_sha256", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("drafted_at", _INSTANT, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("signed_at", _INSTANT),
    Column("witnessed_by", Uuid),
    Column("questions_asked", SmallInteger),
    Column("questions_correct", SmallInteger),
    Column("expires_at", _INSTANT),
    Column("revoked_at", _INSTANT),
    Column("revoked_by", Uuid),
    Column("revocation_reason", Text),
    Column("law_state", Text),
    Column("independent_witness", Uuid),
    Column("signature_sha256", Text),
    Column("narrowed_at", _INSTANT),
    Column("comprehension", JSONB),
    Column("version", Integer, nullable=False),
)

dosing_session = Table(
    "dosing_session",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("patient_id", Uuid, nullable=False),
    Column("opened_at", _INSTANT),
    Column("ended_at", _INSTANT),
)

dose_given = Table(
    "dose_given",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("patient_id", Uuid, nullable=False),
    Column("session_id", Uuid, nullable=False),
    Column("route", Text, nullable=False),
    Column("administered_at", _INSTANT, nullable=False),
)
