"""Tables of rule sets, overlays, their signatures, and proposals to decide over a rule."""

from kairos_chassis.words import WordsJson
from sqlalchemy import BigInteger, Column, ForeignKey, Identity, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from intake.store.metadata import INSTANT as _INSTANT
from intake.store.metadata import metadata

rule_signature = Table(
    "rule_signature",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("signed_by", Uuid, nullable=False),
    Column("signed_at", _INSTANT, nullable=False),
)

rule_publication = Table(
    "rule_publication",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("seq", BigInteger, Identity(always=True), nullable=False),
    Column("network_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("scope_kind", Text, nullable=False),
    Column("scope_value", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("document", JSONB, nullable=False),
    Column("loosens", ARRAY(Text), nullable=False),
    Column("signed_by", Uuid),
    Column("published_by", Uuid, nullable=False),
    Column("published_at", _INSTANT, nullable=False),
)

override_proposal = Table(
    "override_proposal",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("patient_id", Uuid, ForeignKey("patient.id"), nullable=False),
    Column("evaluation_id", Uuid, ForeignKey("evaluation.id"), nullable=False),
    Column("overrides", WordsJson, nullable=False),
    Column("attestations", WordsJson, nullable=False),
    Column("proposed_by", Uuid, nullable=False),
    Column("proposed_at", _INSTANT, nullable=False),
    Column("decision_id", Uuid),
    Column("version", Integer, nullable=False),
)
