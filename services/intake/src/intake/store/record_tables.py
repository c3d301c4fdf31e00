"""Tables of what stands around a patient: merges, links, referrals, imports, rights."""

from kairos_chassis.words import Words, WordsJson
from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from intake.store.metadata import INSTANT as _INSTANT
from intake.store.metadata import metadata

consent_reaffirmation = Table(
    "consent_reaffirmation",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("patient_id", Uuid, ForeignKey("patient.id"), nullable=False),
    Column("consent_id", Uuid, ForeignKey("consent.id"), nullable=False),
    Column("visit_id", Uuid, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("taken_by", Uuid, nullable=False),
    Column("reaffirmed_at", _INSTANT, nullable=False),
)

patient_identifier = Table(
    "patient_identifier",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("patient_id", Uuid, ForeignKey("patient.id"), nullable=False),
    Column("system", Text, nullable=False),
    Column("value", Words, nullable=False),
    Column("recorded_at", _INSTANT, nullable=False),
)

patient_contact = Table(
    "patient_contact",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("patient_id", Uuid, ForeignKey("patient.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Words, nullable=False),
    Column("phone", Words, nullable=False),
    Column("relationship", Words, nullable=False),
    Column("recorded_at", _INSTANT, nullable=False),
    Column("removed_at", _INSTANT),
)

patient_merge = Table(
    "patient_merge",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("surviving_patient_id", Uuid, ForeignKey("patient.id"), nullable=False),
    Column("merged_patient_id", Uuid, ForeignKey("patient.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("merged_by", Uuid, nullable=False),
    Column("merged_at", _INSTANT, nullable=False),
    Column("unmerge_reason", Text),
    Column("unmerged_by", Uuid),
    Column("unmerged_at", _INSTANT),
)

self_service_link = Table(
    "self_service_link",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("patient_id", Uuid, ForeignKey("patient.id"), nullable=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("instruments", ARRAY(Text), nullable=False),
    Column("assessments", JSONB, nullable=False),
    Column("created_by", Uuid, nullable=False),
    Column("created_at", _INSTANT, nullable=False),
    Column("expires_at", _INSTANT, nullable=False),
    Column("ended_at", _INSTANT),
    Column("version", Integer, nullable=False),
)

referral = Table(
    "referral",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("patient_id", Uuid, ForeignKey("patient.id")),
    Column("indication", Text, nullable=False),
    # Under a key of the referral's own: it may come before its patient is registered.
    Column("reason", Words),
    Column("referrer_name", Words, nullable=False),
    Column("referrer_identifier", Words),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("status", Text, nullable=False),
    Column("status_reason", Text),
    Column("received_at", _INSTANT, nullable=False),
    Column("changed_at", _INSTANT, nullable=False),
    Column("version", Integer, nullable=False),
)

fhir_import = Table(
    "fhir_import",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("patient_id", Uuid, ForeignKey("patient.id"), nullable=False),
    Column("sha256", Words, nullable=False),
    Column("report", WordsJson, nullable=False),  # with the senders' own names
    Column("imported_by", Uuid, nullable=False),
    Column("imported_at", _INSTANT, nullable=False),
)

fhir_resource = Table(
    "fhir_resource",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("patient_id", Uuid, ForeignKey("patient.id"), nullable=False),
    Column("import_id", Uuid, nullable=False),
    Column("resource", Words, nullable=False),
    Column("sha256", Words, nullable=False),
)

rights_request = Table(
    "rights_request",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("patient_id", Uuid, ForeignKey("patient.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("detail", Words),
    Column("status", Text, nullable=False),
    Column("requested_by", Uuid, nullable=False),
    Column("requested_at", _INSTANT, nullable=False),
    Column("settled_by", Uuid),
    Column("settled_at", _INSTANT),
    Column("settlement_reason", Text),
    Column("version", Integer, nullable=False),
)

legal_hold = Table(
    "legal_hold",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("patient_id", Uuid, ForeignKey("patient.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("placed_by", Uuid, nullable=False),
    Column("placed_at", _INSTANT, nullable=False),
    Column("lifted_by", Uuid),
    Column("lifted_at", _INSTANT),
)
