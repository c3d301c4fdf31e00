"""This service, running in the test over its own database, with an intake that can be told."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from dosing.wiring import SERVICE
from kairos_chassis.clock import FrozenClock
from kairos_chassis.testing.databases import Databases
from kairos_chassis.testing.harness import Harness, running

from .http.clinic import Clinic
from .http.intake import FakeIntake, listening

NOON = datetime(2027, 3, 1, 18, 0, tzinfo=UTC)  # 11:00 in Denver
CLOCK = FrozenClock(NOON)


@pytest.fixture(scope="session")
async def listening_intake() -> AsyncIterator[FakeIntake]:
    """An intake of its own, over real HTTP."""
    async with listening(CLOCK) as intake:
        yield intake


@pytest.fixture(scope="session")
async def harness(
    databases: Databases,
    tmp_path_factory: pytest.TempPathFactory,
    listening_intake: FakeIntake,
) -> AsyncIterator[Harness]:
    """The service, one for the whole run."""
    database = await databases.make("dosing")
    directory = tmp_path_factory.mktemp("dosing")
    token = directory / "service-token"
    token.write_text("a-service-token\n")
    settings = {
        "intake_url": listening_intake.url,
        "service_token_file": token,
        "intake_timeout_seconds": 0.5,
    }
    async with running(SERVICE, database, CLOCK, directory, **settings) as started:
        yield started


@pytest.fixture
def service(harness: Harness) -> Harness:
    """The service, at noon again."""
    harness.clock.at = NOON
    harness.clock.boot = str(uuid4())  # ticks of another test say nothing
    return harness


@pytest.fixture
def intake(listening_intake: FakeIntake) -> FakeIntake:
    """Intake, saying yes again."""
    listening_intake.reset()
    return listening_intake


@pytest.fixture
def network() -> UUID:
    """A network of its own for every test."""
    return uuid4()


@pytest.fixture
async def clinic(service: Harness, network: UUID, intake: FakeIntake) -> Clinic:
    """A clinic in Denver with its staff, a vial and a cleared patient who has checked in."""
    clinic = Clinic(service, network, intake)
    await clinic.open()
    return clinic
