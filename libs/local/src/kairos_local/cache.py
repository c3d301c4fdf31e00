"""Where what is fetched once is kept for every checkout of this user."""

from __future__ import annotations

import os
from pathlib import Path


def cache_dir() -> Path:
    """$KAIROS_CACHE, else `kairos` in the user's cache folder. May not exist yet."""
    if chosen := os.environ.get("KAIROS_CACHE"):
        return Path(chosen).absolute()
    users = os.environ.get("XDG_CACHE_HOME")
    return (Path(users) if users else Path.home() / ".cache") / "kairos"
