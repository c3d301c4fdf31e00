"""`BUS_V2_SQL`: outbox and inbox in daily partitions, frozen as the second migration of the bus.

A day is the database's own, in UTC: the platform's clock can be moved, and a partition must never
be missing for it. The partitions stand in the schema `bus_day`; one whose days are over is detached
and moved to `bus_archive`, whole and in an instant, where replays still read it. What no partition
is made for falls into a default one, so that no command fails because a worker slept.
"""

from typing import Final

# `{runtime}` is the service's runtime role; a migration fills it in as a quoted identifier.
BUS_V2_SQL: Final = """
create schema bus_day;
create schema bus_archive;
grant usage on schema bus_archive to {runtime};

-- The outbox of before becomes the partition of all days until today.
lock table outbox in access exclusive mode;
alter table outbox rename to outbox_before;
alter table outbox_before alter column id drop identity;
alter table outbox_before drop constraint outbox_pkey;
alter table outbox_before drop constraint outbox_event_id_key;
alter table outbox_before drop constraint outbox_topic_key_sequence_key;
drop index outbox_unpublished;
alter table outbox_before
    add column recorded_on date not null default (now() at time zone 'utc')::date;
create table outbox (
    id bigint generated always as identity,
    event_id uuid not null,
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
    recorded_on date not null default (now() at time zone 'utc')::date,
    constraint outbox_pkey primary key (id, recorded_on),
    constraint outbox_event_id_key unique (event_id, recorded_on),
    constraint outbox_topic_key_sequence_key unique (topic, key, sequence, recorded_on)
) partition by range (recorded_on);
create index outbox_unpublished on outbox (id) where published_at is null;
create table bus_day.outbox_default partition of outbox default;
select setval(pg_get_serial_sequence('outbox', 'id'), greatest(max(id), 1), max(id) is not null)
from outbox_before;
alter table outbox_before set schema bus_day;

-- `inbox` stays as it is, for processes of the version before; its rows are no longer needed then,
-- since a key's position outlives them all.
create table inbox_outcome (
    consumer text not null,
    event_id uuid not null,
    received_at timestamptz not null,
    outcome text not null default 'applied'
        constraint inbox_outcome_check check (outcome in ('applied', 'conflict')),
    error text,
    recorded_on date not null default (now() at time zone 'utc')::date,
    constraint inbox_outcome_pkey primary key (consumer, event_id, recorded_on)
) partition by range (recorded_on);
create table bus_day.inbox_outcome_default partition of inbox_outcome default;

do $$
declare
    _today date := (now() at time zone 'utc')::date;
    _name text := 'outbox' || to_char(_today, '_YYYY_MM_DD');
begin
    execute format('alter table bus_day.outbox_before rename to %I', _name);
    execute format(
        'alter table outbox attach partition bus_day.%I for values from (minvalue) to (%L)',
        _name, _today + 1);
    execute format(
        'create table bus_day.%I partition of inbox_outcome for values from (minvalue) to (%L)',
        'inbox_outcome' || to_char(_today, '_YYYY_MM_DD'), _today + 1);
end $$;

-- Makes the days ahead and detaches those that are over; the service may do no more than call it.
-- A lock that is not there at once is left for the next call: nobody's insert waits behind this.
create function bus_days(today date, ahead integer, keep integer)
returns table (made integer, detached integer, postponed integer)
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
set lock_timeout = '200ms'
as $$
declare
    _parent text;
    _day date;
    _name text;
    _unpublished boolean;
begin
    made := 0;
    detached := 0;
    postponed := 0;
    foreach _parent in array array['outbox', 'inbox_outcome'] loop
        -- Past days in the default partition first, then the days to come. Not today: rows of today
        -- may be arriving in the default partition at this moment.
        for _day in execute format(
            'select distinct recorded_on from bus_day.%I where recorded_on < $1 - 1'
            ' union select $1 + n from generate_series(1, $2) as n order by 1',
            _parent || '_default') using today, ahead
        loop
            _name := _parent || to_char(_day, '_YYYY_MM_DD');
            continue when to_regclass(format('bus_day.%I', _name)) is not null;
            begin
                execute format(
                    'lock table bus_day.%I in access exclusive mode', _parent || '_default');
                execute format(
                    'create table bus_day.%I'
                    ' (like public.%I including defaults including constraints)',
                    _name, _parent);
                execute format(
                    'with moved as (delete from bus_day.%I where recorded_on = %L returning *)'
                    ' insert into bus_day.%I select * from moved',
                    _parent || '_default', _day, _name);
                execute format(
                    'alter table public.%I attach partition bus_day.%I'
                    ' for values from (%L) to (%L)',
                    _parent, _name, _day, _day + 1);
                made := made + 1;
            exception when lock_not_available then
                postponed := postponed + 1;
            end;
        end loop;
        for _name in
            select child.relname
            from pg_inherits inherits join pg_class child on child.oid = inherits.inhrelid
            where inherits.inhparent = format('public.%I', _parent)::regclass
              and child.relname ~ '_[0-9]{4}_[0-9]{2}_[0-9]{2}$'
              and to_date(right(child.relname, 10), 'YYYY_MM_DD') < today - keep
            order by 1
        loop
            begin
                execute format('alter table public.%I detach partition bus_day.%I', _parent, _name);
                if _parent = 'outbox' then
                    execute format(
                        'select exists (select from bus_day.%I where published_at is null)', _name)
                    into _unpublished;
                    if _unpublished then
                        raise exception using errcode = 'object_in_use';
                    end if;
                end if;
                execute format('alter table bus_day.%I set schema bus_archive', _name);
                execute format('grant select on bus_archive.%I to {runtime}', _name);
                detached := detached + 1;
            exception when lock_not_available or object_in_use then
                postponed := postponed + 1;
            end;
        end loop;
    end loop;
    return next;
end $$;
revoke all on function bus_days(date, integer, integer) from public;
grant execute on function bus_days(date, integer, integer) to {runtime};
do $$ begin perform bus_days((now() at time zone 'utc')::date, 2, null); end $$;

grant select, insert on outbox to {runtime};
grant update (published_at) on outbox to {runtime};
grant select, insert on inbox_outcome to {runtime};
"""
