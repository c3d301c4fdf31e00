"""Answers kept for repeats go when they have outlived their use, and not a day before."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from kairos_chassis import housekeeping
from kairos_chassis.retention import platform_retention
from kairos_chassis.testing.harness import Harness

_ANSWER = (
    "INSERT INTO idempotency_key (network_id, subject, key, request_sha256, status, body,"
    " created_at) VALUES ($1, $2, 'a-key-of-mine', '\\x00', 201, '\\x00', $3)"
)


async def keep(service: Harness, age: timedelta) -> UUID:
    """An answer of that age, in a network of its own."""
    network = uuid4()
    admin = await asyncpg.connect(service.database.admin_url)
    try:
        await admin.execute(_ANSWER, network, uuid4(), datetime.now(UTC) - age)
    finally:
        await admin.close()
    return network


async def test_old_answers_of_every_network_go_and_young_ones_stay(service: Harness) -> None:
    days = platform_retention().of("idempotency_key", "*").keep_days
    old = [await keep(service, timedelta(days=days, hours=1)) for _ in range(2)]
    young = await keep(service, timedelta(days=days, hours=-1))
    gone = await housekeeping.purge(service.db)
    assert gone["idempotency_key"] == 2
    for network in old:
        assert await service.rows("idempotency_key", network) == []
    assert len(await service.rows("idempotency_key", young)) == 1


@pytest.mark.parametrize("table", ["idempotency_key", "partner_token"])
async def test_nobody_of_the_service_can_delete_a_young_one(service: Harness, table: str) -> None:
    """Not even by mistake within the network whose it is."""
    network = await keep(service, timedelta(days=1))
    connection = await asyncpg.connect(service.database.runtime_url)
    try:
        async with connection.transaction():
            await connection.execute(f"SET LOCAL kairos.network = '{network}'")
            assert await connection.execute(f"DELETE FROM {table}") == "DELETE 0"
    finally:
        await connection.close()
    assert len(await service.rows("idempotency_key", network)) == 1
