"""Tables by which sealed identities are found: keyed hashes, and when sealing began."""

from sqlalchemy import Boolean, Column, ForeignKey, LargeBinary, Table, Uuid

from intake.store.metadata import INSTANT as _INSTANT
from intake.store.metadata import metadata

patient_token = Table(
    "patient_token",
    metadata,
    Column("network_id", Uuid, primary_key=True),
    Column("token", LargeBinary, primary_key=True),
    Column("patient_id", Uuid, ForeignKey("patient.id"), primary_key=True),
)

identifier_token = Table(
    "identifier_token",
    metadata,
    Column("network_id", Uuid, primary_key=True),
    Column("token", LargeBinary, primary_key=True),
    Column("patient_id", Uuid, ForeignKey("patient.id"), nullable=False),
)

# One row, of the whole service: from when on identities are sealed, and since when all are.
identity_sealing = Table(
    "identity_sealing",
    metadata,
    Column("single", Boolean, primary_key=True, server_default="true"),
    Column("begun_at", _INSTANT, nullable=False),
    Column("completed_at", _INSTANT),
)
