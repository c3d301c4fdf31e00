"""The platform's own bus tables: outbox, relay leases, inbox, parked keys, projection freshness.

They hold opaque ids, codes and event bytes, never names, and are read by workers which serve
every network of the service; so they alone carry no row-level security. All other tables do.

`sql_v1` to `sql_v3` are the frozen migrations which make them. A change is a new constant and a
new migration.
"""

import zlib
from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, TIMESTAMP, UUID

SHARDS: Final = 16  # virtual shards of the outbox; fixed, because rows carry their shard
INSTANT: Final = TIMESTAMP(timezone=True)


def shard_of(key: str) -> int:
    """The outbox shard of an ordering key, 0 to 15. All events of one key share one shard."""
    return zlib.crc32(key.encode()) % SHARDS


@dataclass(frozen=True, slots=True)
class BusTables:
    """The bus tables of one service's metadata."""

    outbox: sa.Table
    outbox_key: sa.Table
    relay_lease: sa.Table
    bus_incarnation: sa.Table
    inbox: sa.Table
    inbox_outcome: sa.Table
    inbox_position: sa.Table
    parked_key: sa.Table
    parked_event: sa.Table
    projection_freshness: sa.Table


def define_bus_tables(metadata: sa.MetaData) -> BusTables:
    """Declare the bus tables in `metadata`; equal to the migrations, which a test compares."""
    return BusTables(
        outbox=_outbox(metadata),
        outbox_key=_outbox_key(metadata),
        relay_lease=_relay_lease(metadata),
        bus_incarnation=_bus_incarnation(metadata),
        inbox=_inbox(metadata),
        inbox_outcome=_inbox_outcome(metadata),
        inbox_position=_inbox_position(metadata),
        parked_key=_parked_key(metadata),
        parked_event=_parked_event(metadata),
        projection_freshness=_projection_freshness(metadata),
    )


def _outbox(metadata: sa.MetaData) -> sa.Table:
    """Events to publish. `id` order is commit order per key: it is drawn under the key's row lock.

    `data` holds the exact bytes that go on the wire, so that a replay sends the same bytes.
    One partition a day, by the database's own day in UTC; across them `outbox_key` keeps sequences
    unique.
    """
    return sa.Table(
        "outbox",
        metadata,
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("event_id", UUID, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("shard", sa.SmallInteger, nullable=False),
        sa.Column("network_id", UUID, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("time", INSTANT, nullable=False),
        sa.Column("data", BYTEA, nullable=False),
        sa.Column("dataschema", sa.Text, nullable=False),
        sa.Column("traceparent", sa.Text),
        sa.Column("tracestate", sa.Text),
        sa.Column("published_at", INSTANT),
        _recorded_on(),
        sa.UniqueConstraint(
            "topic", "key", "sequence", "recorded_on", name="outbox_topic_key_sequence_key"
        ),
        sa.CheckConstraint(f"shard between 0 and {SHARDS - 1}", name="outbox_shard_check"),
        sa.CheckConstraint("sequence >= 1", name="outbox_sequence_check"),
        sa.Index("outbox_unpublished", "id", postgresql_where=sa.text("published_at is null")),
        postgresql_partition_by="RANGE (recorded_on)",
    )


def _recorded_on() -> sa.Column[date]:
    """The day a row belongs to: the database's, so that no moved clock misses its partition."""
    today = sa.text("(now() at time zone 'utc')::date")
    return sa.Column("recorded_on", sa.Date, primary_key=True, server_default=today)


def _outbox_key(metadata: sa.MetaData) -> sa.Table:
    """The last sequence given per topic and key. Upserted, hence locked, by the outbox insert."""
    return sa.Table(
        "outbox_key",
        metadata,
        sa.Column("topic", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("last_sequence", sa.BigInteger, nullable=False),
    )


def _relay_lease(metadata: sa.MetaData) -> sa.Table:
    """Who may publish each shard. `epoch` rises with every change of holder."""
    return sa.Table(
        "relay_lease",
        metadata,
        sa.Column("shard", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("holder", UUID),
        sa.Column("epoch", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("expires_at", INSTANT),
    )


def _bus_incarnation(metadata: sa.MetaData) -> sa.Table:
    """The one cluster id that `published_at` speaks about."""
    return sa.Table(
        "bus_incarnation",
        metadata,
        sa.Column("singleton", sa.Boolean, primary_key=True, server_default=sa.true()),
        sa.Column("cluster_id", sa.Text, nullable=False),
        sa.Column("adopted_at", INSTANT, nullable=False, server_default=sa.func.now()),
        sa.CheckConstraint("singleton", name="bus_incarnation_singleton_check"),
    )


def _inbox(metadata: sa.MetaData) -> sa.Table:
    """`inbox_outcome` as the version before keeps it; this version neither reads nor writes it."""
    return sa.Table(
        "inbox",
        metadata,
        sa.Column("consumer", sa.Text, primary_key=True),
        sa.Column("event_id", UUID, primary_key=True),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False, server_default=sa.text("'applied'")),
        sa.Column("error", sa.Text),
        sa.CheckConstraint("outcome in ('applied', 'conflict')", name="inbox_outcome_check"),
    )


def _inbox_outcome(metadata: sa.MetaData) -> sa.Table:
    """Events whose outcome is decided. `error` is the slug of a recorded domain conflict.

    One partition a day. An event older than what is kept is still known as a duplicate, by its
    key's row in `inbox_position`.
    """
    return sa.Table(
        "inbox_outcome",
        metadata,
        sa.Column("consumer", sa.Text, primary_key=True),
        sa.Column("event_id", UUID, primary_key=True),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False, server_default=sa.text("'applied'")),
        sa.Column("error", sa.Text),
        _recorded_on(),
        sa.CheckConstraint("outcome in ('applied', 'conflict')", name="inbox_outcome_check"),
        postgresql_partition_by="RANGE (recorded_on)",
    )


def _inbox_position(metadata: sa.MetaData) -> sa.Table:
    """How far each key is consumed. Its row is the key lock of claim, park and release.

    `waiting` is true exactly while the key has a row in `parked_key`; it is repeated here so
    that claiming reads one row, under one lock.
    """
    return sa.Table(
        "inbox_position",
        metadata,
        sa.Column("consumer", sa.Text, primary_key=True),
        sa.Column("topic", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("last_sequence", sa.BigInteger, nullable=False),
        sa.Column("last_event_at", INSTANT),
        sa.Column("waiting", sa.Boolean, nullable=False, server_default=sa.false()),
    )


def _parked_key(metadata: sa.MetaData) -> sa.Table:
    """Keys which wait for a missing event, or for an operator after a permanent failure."""
    return sa.Table(
        "parked_key",
        metadata,
        sa.Column("consumer", sa.Text, primary_key=True),
        sa.Column("topic", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("since", INSTANT, nullable=False),
        sa.CheckConstraint(_REASONS, name="parked_key_reason_check"),
    )


def _parked_event(metadata: sa.MetaData) -> sa.Table:
    """The records of parked keys, exactly as they came. A discarded one stays, as evidence.

    `fingerprint` tells a redelivered record from a new one where offsets cannot: they start
    again on a rebuilt broker. It is the event id, or a hash of the bytes where none is readable.
    """
    return sa.Table(
        "parked_event",
        metadata,
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("consumer", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("sequence", sa.BigInteger),
        sa.Column("type", sa.Text),
        sa.Column("partition", sa.Integer, nullable=False),
        sa.Column("offset", sa.BigInteger, nullable=False),
        sa.Column("timestamp_ms", sa.BigInteger, nullable=False),
        sa.Column("raw_key", BYTEA, nullable=False),
        sa.Column("value", BYTEA),
        sa.Column("header_names", ARRAY(sa.Text), nullable=False),
        sa.Column("header_values", ARRAY(BYTEA), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("parked_at", INSTANT, nullable=False),
        sa.Column("discarded_at", INSTANT),
        sa.Column("discarded_by", sa.Text),
        sa.Column("discard_reason", sa.Text),
        sa.UniqueConstraint(
            "consumer", "topic", "key", "fingerprint", name="parked_event_fingerprint_key"
        ),
        sa.CheckConstraint(
            "(discarded_at is null) = (discarded_by is null)"
            " and (discarded_at is null) = (discard_reason is null)",
            name="parked_event_discard_check",
        ),
    )


def _projection_freshness(metadata: sa.MetaData) -> sa.Table:
    """Per partition: every event committed before `heartbeat_at` (platform time) was consumed."""
    return sa.Table(
        "projection_freshness",
        metadata,
        sa.Column("consumer", sa.Text, primary_key=True),
        sa.Column("topic", sa.Text, primary_key=True),
        sa.Column("partition", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("heartbeat_at", INSTANT, nullable=False),
    )


_REASONS: Final = "reason in ('gap', 'failed', 'undecodable', 'unknown_schema')"
