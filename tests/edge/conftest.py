"""Each of the four services in turn, running over its own database."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from kairos_chassis.clock import FrozenClock
from kairos_chassis.testing.databases import Databases
from kairos_chassis.testing.harness import Harness, running

from .services import NAMES, service_of, settings_of

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session", params=NAMES)
async def service(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Harness]:
    """One of the four services."""
    name: str = request.param
    directory: Path = tmp_path_factory.mktemp(name)
    database = await databases.make(name)
    extra = settings_of(name, database, directory)
    async with running(service_of(name), database, FrozenClock(NOON), directory, **extra) as it:
        yield it
