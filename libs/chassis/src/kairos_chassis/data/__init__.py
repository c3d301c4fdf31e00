"""Policy data of the platform: versioned, each figure with its source beside it."""

import tomllib
from importlib.resources import files
from typing import Any


def read(name: str) -> dict[str, Any]:
    """A data file. Raises FileNotFoundError, tomllib.TOMLDecodeError."""
    return tomllib.loads(files(__name__).joinpath(name).read_text(encoding="utf-8"))
