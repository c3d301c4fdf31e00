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
RELAY_STUCK_KEYS: Final = Gauge(
    "kairos_relay_stuck_keys", "Keys whose next event the broker refuses for good"
)
RELAY_ERRORS: Final = Counter(
    "kairos_relay_errors", "Relay turns that failed and were backed off", ["error"]
)
RELAY_LEASES_HELD: Final = Gauge("kairos_relay_leases_held", "Shards this process may publish")
RELAY_LEASE_EPOCH: Final = Gauge(
    "kairos_relay_lease_epoch", "Epoch of the last lease taken by this process", ["shard"]
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
PARKED_KEYS: Final = Gauge("kairos_parked_keys", "Keys that wait, by reason", ["reason"])
PARKED_OLDEST_AGE_SECONDS: Final = Gauge(
    "kairos_parked_oldest_age_seconds", "Platform time since the oldest waiting key was parked"
)
