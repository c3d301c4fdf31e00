"""`BUS_V1_SQL`: the bus tables as the first migration makes them, frozen."""

from typing import Final

# `{runtime}` is the service's runtime role; a migration fills it in as a quoted identifier.
BUS_V1_SQL: Final = """
create table outbox (
    id bigint generated always as identity primary key,
    event_id uuid not null constraint outbox_event_id_key unique,
    topic text not null,
    key text not null,
    sequence bigint not null constraint outbox_sequence_check check (sequence >= 1),
    shard smallint not null constraint outbox_shard_check check (shard between 0 and 15),
    network_id uuid not null,
    type text not null,
    subject text not null,
    time timestamptz not null,
    data bytea not null,
    dataschema text not null,
    traceparent text,
    tracestate text,
    published_at timestamptz,
    constraint outbox_topic_key_sequence_key unique (topic, key, sequence)
);
create index outbox_unpublished on outbox (id) where published_at is null;
create table outbox_key (
    topic text,
    key text,
    last_sequence bigint not null,
    primary key (topic, key)
);
create table relay_lease (
    shard smallint primary key,
    holder uuid,
    epoch bigint not null default 0,
    expires_at timestamptz
);
insert into relay_lease (shard) select generate_series(0, 15);
create table bus_incarnation (
    singleton boolean primary key default true
        constraint bus_incarnation_singleton_check check (singleton),
    cluster_id text not null,
    adopted_at timestamptz not null default now()
);
create table inbox (
    consumer text,
    event_id uuid,
    received_at timestamptz not null,
    outcome text not null default 'applied'
        constraint inbox_outcome_check check (outcome in ('applied', 'conflict')),
    error text,
    primary key (consumer, event_id)
);
create table inbox_position (
    consumer text,
    topic text,
    key text,
    last_sequence bigint not null,
    last_event_at timestamptz,
    waiting boolean not null default false,
    primary key (consumer, topic, key)
);
create table parked_key (
    consumer text,
    topic text,
    key text,
    reason text not null constraint parked_key_reason_check
        check (reason in ('gap', 'failed', 'undecodable', 'unknown_schema')),
    error text,
    since timestamptz not null,
    primary key (consumer, topic, key)
);
create table parked_event (
    id bigint generated always as identity primary key,
    consumer text not null,
    topic text not null,
    key text not null,
    fingerprint text not null,
    sequence bigint,
    type text,
    partition integer not null,
    "offset" bigint not null,
    timestamp_ms bigint not null,
    raw_key bytea not null,
    value bytea,
    header_names text[] not null,
    header_values bytea[] not null,
    reason text not null,
    error text,
    parked_at timestamptz not null,
    discarded_at timestamptz,
    discarded_by text,
    discard_reason text,
    constraint parked_event_fingerprint_key unique (consumer, topic, key, fingerprint),
    constraint parked_event_discard_check check (
        (discarded_at is null) = (discarded_by is null)
        and (discarded_at is null) = (discard_reason is null))
);
create table projection_freshness (
    consumer text,
    topic text,
    partition integer,
    heartbeat_at timestamptz not null,
    primary key (consumer, topic, partition)
);
grant select, insert on outbox to {runtime};
grant update (published_at) on outbox to {runtime};
grant select, insert, update on outbox_key to {runtime};
grant select, update on relay_lease to {runtime};
grant select, insert, update on bus_incarnation to {runtime};
grant select, insert, update on inbox to {runtime};
grant select, insert, update on inbox_position to {runtime};
grant select, insert, update, delete on parked_key to {runtime};
grant select, insert, update, delete on parked_event to {runtime};
grant select, insert, update on projection_freshness to {runtime};
"""
