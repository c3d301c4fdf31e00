"""What operators do with a service, as verbs of its process: parked keys, a new broker, its own."""

from kairos_chassis.operations.answers import Answer
from kairos_chassis.operations.verbs import Connect, Verb

__all__ = ["Answer", "Connect", "Verb"]
