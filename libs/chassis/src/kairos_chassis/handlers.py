"""Which events a service consumes, and what it does with each. Filled by its `consume.py`."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

from kairos_events.envelope import Envelope
from kairos_events.model import Reader

from kairos_chassis.db import Transaction

R = TypeVar("R", bound=Reader)
Handler = Callable[[R, Envelope, Transaction], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """A reader and the handler of what it reads."""

    reader: type[Reader]
    handler: Handler[Any]


class Handlers:
    """The events of one consumer.

    A handler runs in the transaction that claims the event, of the event's network. It neither
    commits nor catches: a raised `conflict` is recorded and done, `unavailable` is tried again
    later, anything else parks the key after three tries.
    """

    def __init__(self, service: str) -> None:
        self.service = service
        self._by_type: dict[str, Subscription] = {}

    def on(self, reader: type[R]) -> Callable[[Handler[R]], Handler[R]]:
        """Handle the events that `reader` reads. Raises ValueError for a second handler."""

        def register(handler: Handler[R]) -> Handler[R]:
            if reader.type in self._by_type:
                raise ValueError(f"{reader.type} already has a handler")
            self._by_type[reader.type] = Subscription(reader, handler)
            return handler

        return register

    def find(self, type_: str) -> Subscription | None:
        """The subscription to a wire type, if there is one."""
        return self._by_type.get(type_)

    def names_of(self, type_: str) -> bool:
        """Whether any major version of this event is handled."""
        name = type_.rpartition(".")[0]
        return any(known.rpartition(".")[0] == name for known in self._by_type)

    @property
    def readers(self) -> Mapping[str, type[Reader]]:
        """Wire type to reader; the contract tests prove each against every blessed version."""
        return MappingProxyType({name: one.reader for name, one in self._by_type.items()})

    @property
    def types(self) -> Iterable[str]:
        """The wire types handled."""
        return self._by_type.keys()
