"""`BUS_V3_SQL`: how the relay looks at the outbox, frozen as the third migration of the bus.

A backlog grows within seconds of an outage, long before anybody has counted it for the planner.
Told that the outbox is nearly empty, PostgreSQL would gather and sort all that waits for each look
at the next five hundred. So these functions leave it one way only, along the index of what is
unpublished: a look costs the same whether ten thousand events wait or a million.

And an index less: nobody looks an event up by its id, a key's sequence is what must be unique, and
every insert and every mark wrote to it.
"""

from typing import Final

# `{runtime}` is the service's runtime role; a migration fills it in as a quoted identifier.
BUS_V3_SQL: Final = """
alter table outbox drop constraint outbox_event_id_key;

-- The next events of these shards, in order. `sending` holds exactly the ids on their way.
create function relay_look(
    shards smallint[], stuck_topics text[], stuck_keys text[], most integer,
    after_id bigint, after_day date, sending int8multirange)
returns setof outbox
language sql stable
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
as $$
    select * from outbox
    where published_at is null and shard = any(shards)
      and id > after_id and recorded_on >= after_day and not id <@ sending
      and not exists (
          select from unnest(stuck_topics, stuck_keys) as stuck(topic, key)
          where stuck.topic = outbox.topic and stuck.key = outbox.key)
    order by id limit most
$$;

-- The first of all that waits, whosever shard it is in.
create function relay_oldest(after_id bigint, after_day date, until_id bigint)
returns setof outbox
language sql stable
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
as $$
    select * from outbox
    where published_at is null and id > after_id and recorded_on >= after_day and id <= until_id
    order by id limit 1
$$;

-- A relay whose lease has passed on, or whose broker is no longer the one adopted, marks nothing.
create function relay_mark(
    cluster text, relay uuid, shards smallint[], epochs bigint[],
    ids bigint[], first_day date, last_day date)
returns bigint
language sql volatile
set enable_seqscan = off set enable_bitmapscan = off
as $$
    with adopted as materialized (
        select 1 from bus_incarnation where cluster_id = cluster for share
    ), marked as (
        update outbox set published_at = clock_timestamp()
        from unnest(shards, epochs) as held(shard, epoch)
        join relay_lease lease
          on lease.shard = held.shard and lease.epoch = held.epoch and lease.holder = relay
        where outbox.shard = held.shard and outbox.id = any(ids)
          and outbox.recorded_on between first_day and last_day
          and exists (select from adopted)
        returning 1
    )
    select count(*) from marked
$$;
revoke all on function relay_look, relay_oldest, relay_mark from public;
grant execute on function relay_look, relay_oldest, relay_mark to {runtime};
"""
