"""This service, running in the test over its own database."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from kairos_chassis.clock import FrozenClock
from kairos_chassis.testing.databases import Databases
from kairos_chassis.testing.harness import Harness, running
from scheduling.wiring import SERVICE

from .http.clinic import MORNING, Clinic, open_clinic


@pytest.fixture(scope="session")
async def harness(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Harness]:
    """The service, one for the whole run."""
    database = await databases.make("scheduling")
    directory = tmp_path_factory.mktemp("scheduling")
    clock = FrozenClock(MORNING)
    async with running(SERVICE, database, clock, directory, course_effort=0.1) as started:
        yield started


@pytest.fixture
def service(harness: Harness) -> Harness:
    """The service, in the morning again."""
    harness.clock.at = MORNING
    return harness


@pytest.fixture
def network() -> UUID:
    """A network of its own for every test."""
    return uuid4()


@pytest.fixture
async def clinic(service: Harness, network: UUID) -> Clinic:
    """A site in Denver with one room and a qualified team."""
    return await open_clinic(service, network)
