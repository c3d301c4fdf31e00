"""How policy files are read."""

import tomllib
from datetime import timedelta
from importlib import resources
from typing import Any


def read(name: str) -> dict[str, Any]:
    """A policy file beside this module."""
    return tomllib.loads(resources.files(__package__ or "").joinpath(name).read_text())


def hours(value: int) -> timedelta:
    """A span of whole hours."""
    return timedelta(hours=value)
