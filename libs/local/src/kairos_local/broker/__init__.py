"""A Kafka broker on this machine: Apache Kafka itself, or the disposable Tansu."""

from kairos_local.broker.choose import Choice, choose, ephemeral_broker, make_broker
from kairos_local.broker.interface import Broker, Kind
from kairos_local.broker.kafka import KafkaBroker
from kairos_local.broker.tansu import TansuBroker

__all__ = [
    "Broker",
    "Choice",
    "KafkaBroker",
    "Kind",
    "TansuBroker",
    "choose",
    "ephemeral_broker",
    "make_broker",
]
