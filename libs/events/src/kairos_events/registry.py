"""Every event of the platform, found in the package itself: a new file is a new event."""

import functools
import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType, ModuleType

import kairos_events
from kairos_events.model import PublicEvent

SERVICES = ("intake", "scheduling", "dosing", "integration")

_EVENT_MODULE = re.compile(r"[a-z0-9_]+_v[1-9][0-9]*")


class RegistryError(TypeError):
    """An event file that does not hold exactly the event its name says."""


class UnknownEventError(LookupError):
    """No event of that wire type is known here."""


@functools.cache
def events() -> Mapping[str, type[PublicEvent]]:
    """Return every event class by wire type, by service and name. Raises `RegistryError`."""
    return MappingProxyType({event.type: event for event in _discover()})


def event_for(wire_type: str) -> type[PublicEvent]:
    """Return the class of a wire type. Raises `UnknownEventError`."""
    try:
        return events()[wire_type]
    except KeyError:
        raise UnknownEventError(wire_type) from None


def events_on(topic: str) -> list[type[PublicEvent]]:
    """Return the events published on a topic; none for a topic nobody publishes to."""
    return [event for event in events().values() if event.topic == topic]


def event_in(module: ModuleType, service: str) -> type[PublicEvent]:
    """Return the one event of a module, which must be named for it. Raises `RegistryError`."""
    found = [
        item
        for item in vars(module).values()
        if isinstance(item, type)
        and issubclass(item, PublicEvent)
        and item.__module__ == module.__name__
    ]
    if len(found) != 1:
        raise RegistryError(f"{module.__name__}: holds {len(found)} events, not one")
    event = found[0]
    name = module.__name__.rpartition(".")[2]
    fact, _, version = name.rpartition("_")
    if event.type != f"{service}.{fact}.{version}":
        raise RegistryError(f"{module.__name__}: declares {event.type}")
    if event.__name__ != "".join(word.capitalize() for word in name.split("_")):
        raise RegistryError(f"{module.__name__}: class is called {event.__name__}")
    return event


def _discover() -> Iterator[type[PublicEvent]]:
    for service in SERVICES:
        package = importlib.import_module(f"{kairos_events.__name__}.{service}")
        for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda found: found.name):
            if _EVENT_MODULE.fullmatch(module.name):
                path = f"{package.__name__}.{module.name}"
                yield event_in(importlib.import_module(path), service)
