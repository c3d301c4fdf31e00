"""Consent documents of a network's own."""

from kairos_chassis import migrations

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Expand."""
    migrations.script(_TABLE)
    migrations.tenants("consent_document")


_TABLE = """
CREATE TABLE consent_document (
  id uuid PRIMARY KEY,
  network_id uuid NOT NULL,
  code text NOT NULL,
  number integer NOT NULL CHECK (number >= 1),
  version text NOT NULL,
  document jsonb NOT NULL,
  published_by uuid NOT NULL,
  published_at timestamptz NOT NULL);
CREATE UNIQUE INDEX consent_document_version ON consent_document (network_id, version);
CREATE UNIQUE INDEX consent_document_number ON consent_document (network_id, code, number);
"""
