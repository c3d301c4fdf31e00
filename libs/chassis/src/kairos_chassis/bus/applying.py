"""Running the handler of a claimed event, inside the claim's transaction."""

from typing import Protocol

from kairos_events.envelope import Envelope

from kairos_chassis import service_acts
from kairos_chassis.db import Transaction
from kairos_chassis.handlers import Handlers


class Catalogue(Protocol):
    """What the published language, as this process knows it, says about events and topics."""

    def knows(self, event_type: str) -> bool:
        """Whether this wire type, with its major version, is published language."""

    def topic_of(self, event_type: str) -> str:
        """The topic of a known wire type. Raises KeyError for an unknown one."""

    def partitions(self, topic: str) -> int:
        """How many partitions a topic has."""


class UnknownSchemaError(Exception):
    """A major version of a handled event which this process does not know."""


class Applier:
    """Finds and runs handlers."""

    def __init__(self, handlers: Handlers, catalogue: Catalogue) -> None:
        self._handlers = handlers
        self._catalogue = catalogue

    async def apply(self, tx: Transaction, envelope: Envelope) -> bool:
        """Run the event's handler. False for a type without one: it is passed over.

        Raises UnknownSchemaError, pydantic.ValidationError and whatever the handler raises.
        """
        subscription = self._handlers.find(envelope.type)
        if subscription is None:
            told_beside = envelope.beside is not None and self._handlers.find(envelope.beside)
            known = told_beside or self._catalogue.knows(envelope.type)
            if self._handlers.names_of(envelope.type) and not known:
                raise UnknownSchemaError
            return False
        event = subscription.reader.from_json(envelope.data)
        tx.patient_id = None  # of the event before, where several share a transaction
        work = subscription.handler(event, envelope, tx)
        whom = getattr(event, "patient_id", None)
        service = self._handlers.service
        await service_acts.of_event(tx, service, envelope, work, patient_id=whom)
        return True
