"""Policy as versioned data, each figure with its source beside it."""

import tomllib
from functools import cache
from importlib import resources

from integration.domain.episode import IntegrationWindows


@cache
def integration_windows() -> IntegrationWindows:
    """How long after a dose integration is due, per route. Raises KeyError for a broken file."""
    text = resources.files(__name__).joinpath("integration_windows_v1.toml").read_text()
    document = tomllib.loads(text)
    return IntegrationWindows(
        version=document["version"],
        hours={row["route"]: int(row["due_within_hours"]) for row in document["window"]},
    )
