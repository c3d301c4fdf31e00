"""A station per test, on the session's PostgreSQL and broker."""

from collections.abc import AsyncIterator

import pytest
from kairos_chassis.bus.broker import BusSettings
from kairos_chassis.testing.bus_station import SERVICE, Station
from kairos_local.broker import Broker


@pytest.fixture
def bus_settings(broker: Broker) -> BusSettings:
    return BusSettings(
        bootstrap=broker.bootstrap,
        client_id=SERVICE,
        idempotence=broker.idempotence,
        embedded=True,
    )


@pytest.fixture
async def station(postgres_admin_url: str, bus_settings: BusSettings) -> AsyncIterator[Station]:
    async with Station.open(postgres_admin_url, bus_settings) as opened:
        yield opened
