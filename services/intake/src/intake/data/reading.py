"""From a data file to a domain value: every key known, every type exact, or the start fails."""

import json
import tomllib
from dataclasses import asdict
from importlib import resources
from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


def load(name: str) -> dict[str, Any]:
    """A TOML file of this package, `instruments/phq9_v1.toml`."""
    return tomllib.loads(resources.files("intake.data").joinpath(name).read_text("utf-8"))


def names(folder: str) -> list[str]:
    """The TOML files of a folder, in order."""
    found = resources.files("intake.data").joinpath(folder).iterdir()
    return sorted(f"{folder}/{file.name}" for file in found if file.name.endswith(".toml"))


def parse(kind: type[T], document: dict[str, Any]) -> T:
    """The document as a dataclass. Raises ValueError for a wrong type or a key nobody reads.

    A misspelt key must not be passed over: it could be the one that blocks a dose.
    """
    value = TypeAdapter(kind).validate_json(json.dumps(document), strict=True)
    surplus = list(_surplus(document, asdict(value), ""))  # type: ignore[call-overload]
    if surplus:
        raise ValueError(f"unknown keys: {', '.join(surplus)}")
    return value


def _surplus(given: Any, known: Any, at: str) -> Any:
    if isinstance(given, dict):
        for key, inner in given.items():
            if not isinstance(known, dict) or key not in known:
                yield f"{at}/{key}"
            else:
                yield from _surplus(inner, known[key], f"{at}/{key}")
    elif isinstance(given, list):
        for index, (one, other) in enumerate(zip(given, known, strict=True)):
            yield from _surplus(one, other, f"{at}/{index}")
