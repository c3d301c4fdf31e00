"""How far a consumer is behind its partitions, in records and in seconds."""

import time
from collections.abc import Mapping, Sequence

from aiokafka import AIOKafkaConsumer, TopicPartition

from kairos_chassis.bus import metrics
from kairos_chassis.bus.record import KafkaRecord


class Lag:
    """Remembers when the last record taken of each partition was sent."""

    def __init__(self) -> None:
        self._sent_ms: dict[TopicPartition, int] = {}

    def note(self, taken: Mapping[TopicPartition, Sequence[KafkaRecord]]) -> None:
        """These records were taken."""
        for place, records in taken.items():
            if records:
                self._sent_ms[place] = records[-1].timestamp_ms

    async def measure(self, client: AIOKafkaConsumer) -> None:
        """Set the gauges of the partitions assigned, and those of others to nothing."""
        assigned = client.assignment()
        for gone in self._sent_ms.keys() - assigned:
            del self._sent_ms[gone]
            for gauge in (metrics.CONSUMER_LAG, metrics.CONSUMER_LAG_SECONDS):
                gauge.labels(gone.topic, str(gone.partition)).set(0)
        for place in assigned:
            high = client.highwater(place)
            if high is None:
                continue
            records = max(0, high - await client.position(place))
            sent = self._sent_ms.setdefault(place, int(time.time() * 1000))
            seconds = max(0.0, time.time() - sent / 1000) if records else 0.0
            metrics.CONSUMER_LAG.labels(place.topic, str(place.partition)).set(records)
            metrics.CONSUMER_LAG_SECONDS.labels(place.topic, str(place.partition)).set(seconds)
