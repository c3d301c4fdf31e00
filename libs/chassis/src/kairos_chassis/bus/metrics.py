"""Every metric of the bus side, declared once. Labels are topics, reasons, shards: never keys."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

OUTBOX_OLDEST_AGE_SECONDS: Final = Gauge(
    "kairos_outbox_oldest_unpublished_age_seconds",
    "Platform time since the oldest unpublished event was recorded; 0 when all are published",
)
RELAY_PUBLISHED: Final = Counter(
    "kairos_relay_published", "Events acknowledged by the broker and marked", ["topic"]
)
RELAY_BATCH_SIZE: Final = Histogram(
    "kairos_relay_batch_size", "Events per relay batch", buckets=(1, 5, 10, 50, 100, 250, 500)
)
RELAY_IN_FLIGHT: Final = Gauge(
    "kairos_relay_in_flight", "Events sent and not yet marked; bounded, which is the back-pressure"
)
RELAY_NOT_MARKED: Final = Counter(
    "kairos_relay_not_marked", "Events sent under a lease or to a cluster that had passed on"
)
RELAY_HEARTBEATS_LOST: Final = Counter(
    "kairos_relay_heartbeats_lost", "Heartbeats that the broker did not acknowledge"
)
RELAY_STUCK_KEYS: Final = Gauge(
    "kairos_relay_stuck_keys", "Keys whose next event the broker refuses for good"
)
RELAY_ERRORS: Final = Counter(
    "kairos_relay_errors", "Relay turns that failed and were backed off", ["error"]
)
RELAY_LEASES_HELD: Final = Gauge("kairos_relay_leases_held", "Shards this process may publish")
RELAY_LEASE_HOLDER: Final = Gauge(
    "kairos_relay_lease_holder", "1 where this process holds the shard's lease, else 0", ["shard"]
)
RELAY_LEASE_EPOCH: Final = Gauge(
    "kairos_relay_lease_epoch", "Epoch of the last lease taken by this process", ["shard"]
)
DAYS_POSTPONED: Final = Gauge(
    "kairos_bus_days_postponed", "Daily partitions not made or not detached: lock, or unpublished"
)
BUS_CLUSTER_CHANGED: Final = Counter(
    "kairos_bus_cluster_changed", "Times the broker came back with another cluster id"
)
BUS_HALTED: Final = Gauge(
    "kairos_bus_halted", "1 while the relay waits for an operator after a changed cluster id"
)
CONSUMER_LAG: Final = Gauge(
    "kairos_consumer_lag_records", "Records between position and high water", ["topic", "partition"]
)
CONSUMER_LAG_SECONDS: Final = Gauge(
    "kairos_consumer_lag_seconds",
    "Age of the last record taken, while there are more; 0 when nothing waits",
    ["topic", "partition"],
)
CONSUMER_LATE_COMMITS: Final = Counter(
    "kairos_consumer_late_commits", "Offset commits that came after the partitions had moved on"
)
CONSUMER_BATCH_SIZE: Final = Histogram(
    "kairos_consumer_batch_size",
    "Events applied in one transaction, where there were several to apply",
    buckets=(2, 5, 10, 25, 50),
)
CONSUMER_ONE_BY_ONE: Final = Counter(
    "kairos_consumer_one_by_one", "Batches rolled back and delivered event by event"
)
CONSUMER_EVENTS: Final = Counter(
    "kairos_consumer_events",
    "Records by outcome: applied, ignored, conflict, duplicate, parked",
    ["topic", "outcome"],
)
CONSUMER_INFRA_ERRORS: Final = Counter(
    "kairos_consumer_infrastructure_errors", "Batches paused and tried again later", ["error"]
)
CONSUMER_STOPPED_PARTITIONS: Final = Gauge(
    "kairos_consumer_stopped_partitions", "Partitions stopped by an undecodable record without key"
)
CONSUMER_UNKNOWN_SCHEMA: Final = Counter(
    "kairos_consumer_unknown_schema", "Events of a major version nobody here knows", ["topic"]
)
CONSUMER_STUCK: Final = Counter(
    "kairos_consumer_stuck", "Times the watchdog asked for the end of the process"
)
GAPS_OPEN: Final = Gauge("kairos_consumer_gaps_open", "Keys that wait for a missing event")
GAP_OLDEST_SECONDS: Final = Gauge(
    "kairos_consumer_gap_oldest_seconds", "How long this process has seen the oldest open gap"
)
GAP_ALERTS: Final = Counter(
    "kairos_consumer_gap_alerts", "Gaps that stayed open long enough to be reported", ["topic"]
)
PARKED_KEYS: Final = Gauge("kairos_parked_keys", "Keys that wait, by reason", ["reason"])
PARKED_OLDEST_AGE_SECONDS: Final = Gauge(
    "kairos_parked_oldest_age_seconds", "Platform time since the oldest waiting key was parked"
)
