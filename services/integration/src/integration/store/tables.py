"""The tables of this service."""

from sqlalchemy import Column, DateTime, ForeignKey, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

metadata = MetaData()

episode = Table(
    "episode",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("patient_id", Uuid, nullable=False),
    Column("session_id", Uuid, nullable=False, unique=True),
    Column("route", Text, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("closed_at", DateTime(timezone=True)),
    Column("outcome", Text),
    Column("therapy_session_id", Uuid),
    Column("version", Integer, nullable=False),
)

therapy_session = Table(
    "therapy_session",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("network_id", Uuid, nullable=False),
    Column("patient_id", Uuid, nullable=False),
    Column("episode_id", Uuid, ForeignKey("episode.id")),
    Column("kind", Text, nullable=False),
    Column("practitioner_id", Uuid, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True), nullable=False),
    Column("themes", ARRAY(Text), nullable=False),
    Column("insights", ARRAY(Text), nullable=False),
    Column("commitments", ARRAY(Text), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
)
