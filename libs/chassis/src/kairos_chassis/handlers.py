"""Which events a service consumes, and what it does with each. Filled by its `consume.py`."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

from kairos_events.envelope import Envelope
from kairos_events.model import Reader
from kairos_events.upcasting import reading

from kairos_chassis.db import Transaction

R = TypeVar("R", bound=Reader)
Handler = Callable[[R, Envelope, Transaction], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Projection:
    """Rows that a handler keeps of one key: all of them come from that key's events alone.

    So they can be thrown away and made again from those events: `kairos replay read-model`.
    """

    table: str
    key: str
    """The column that holds the event's ordering key, an id."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A reader, the handler of what it reads, and the rows it keeps, if they can be made again.

    `keeps` makes those rows and does nothing else: the handler itself, or what a handler that
    also acts has named for it.
    """

    reader: type[Reader]
    handler: Handler[Any]
    rebuilds: Projection | None = None
    keeps: Handler[Any] | None = None


class Handlers:
    """The events of one consumer.

    A handler runs in the transaction that claims the event, of the event's network. It neither
    commits nor catches: a raised `conflict` is recorded and done, `unavailable` is tried again
    later, anything else parks the key after three tries.
    """

    def __init__(self, service: str) -> None:
        self.service = service
        self._by_type: dict[str, Subscription] = {}

    def on(
        self,
        reader: type[R],
        *,
        rebuilds: Projection | None = None,
        keeps: Handler[R] | None = None,
    ) -> Callable[[Handler[R]], Handler[R]]:
        """Handle the events that `reader` reads, and the older versions that it names.

        Older ones are upcast first; one whose newer version is published beside it is passed over
        for that. `rebuilds` is for a handler which does nothing but keep rows of a table: it is
        run again when the read model is rebuilt. One that acts, announces or schedules never is:
        it names beside it what keeps the rows alone, `keeps`, and only that is run again.
        Raises ValueError for a second handler, and for `keeps` without `rebuilds`.
        """
        if keeps is not None and rebuilds is None:
            raise ValueError("what keeps rows alone belongs to a projection")

        def register(handler: Handler[R]) -> Handler[R]:
            *older, newest = reader.supported()
            for type_ in older:
                older_one = reading(reader, type_)
                past = self._unless_newer(handler)
                kept = None if rebuilds is None else self._unless_newer(keeps or handler)
                self._add(type_, Subscription(older_one, past, rebuilds, kept))
            kept = None if rebuilds is None else keeps or handler
            self._add(newest, Subscription(reader, handler, rebuilds, kept))
            return handler

        return register

    def _add(self, type_: str, subscription: Subscription) -> None:
        if type_ in self._by_type:
            raise ValueError(f"{type_} already has a handler")
        self._by_type[type_] = subscription

    def _unless_newer(self, handler: Handler[R]) -> Handler[R]:
        """Run the handler for a fact of an older version only if no version handled is newer."""

        async def handle(event: R, envelope: Envelope, tx: Transaction) -> None:
            if envelope.beside is None or self.find(envelope.beside) is None:
                await handler(event, envelope, tx)

        return handle

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
