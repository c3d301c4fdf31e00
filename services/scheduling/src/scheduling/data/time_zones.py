"""The time-zone data that local times are computed with."""

import zoneinfo
from importlib import import_module


def tzdata_version() -> str:
    """The release of the IANA time-zone data that local times are computed with."""
    return str(import_module("tzdata").IANA_VERSION)


def use_own_time_zones() -> None:
    """Compute with the tzdata package, whose version is known, and not with the machine's files."""
    zoneinfo.reset_tzpath(to=())
    zoneinfo.ZoneInfo.clear_cache()
