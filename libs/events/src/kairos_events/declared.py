"""The readers that services declare, found by importing their `consume` where they are installed.

Only tools and tests look here. What runs and what ships goes by the manifest that is written from
it (`kairos_events.manifest`), since no service may know another.
"""

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterator
from types import ModuleType

from kairos_events.model import Reader


def readers_of(service: str) -> list[type[Reader]]:
    """The readers a service declares; none when it has no `consume`, or is not installed."""
    if importlib.util.find_spec(service) is None:
        return []
    name = f"{service}.consume"
    if importlib.util.find_spec(name) is None:
        return []
    return readers_in(importlib.import_module(name))


def readers_in(module: ModuleType) -> list[type[Reader]]:
    """The readers a module, and any module below it, names."""
    found = {
        item
        for part in (module, *_below(module))
        for item in vars(part).values()
        if isinstance(item, type) and issubclass(item, Reader) and item is not Reader
    }
    return sorted(found, key=lambda reader: (reader.type, reader.__name__))


def _below(module: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(getattr(module, "__path__", ()), f"{module.__name__}."):
        yield importlib.import_module(found.name)
