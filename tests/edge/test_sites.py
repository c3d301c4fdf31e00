"""A site's own books: the database itself keeps who works elsewhere away, whatever code forgets."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import dosing.http.call
import pytest
from kairos_chassis.clock import FrozenClock
from kairos_chassis.statements import Statement
from kairos_chassis.testing.databases import Databases
from kairos_chassis.testing.harness import Harness, running

from .conftest import NOON
from .services import service_of, settings_of

_READ = Statement("SELECT site_id FROM day_close", (), {})
_CLOSE = Statement(
    "INSERT INTO day_close (network_id, site_id, day, closed_by, closed_at) VALUES"
    " ($1::uuid, $2::uuid, '2027-03-01', $2::uuid, now())",
    ("network", "site"),
    {},
)
_TAKEN = (
    "INSERT INTO inventory (id, network_id, site_id, kind, time_of_day, taken_on, lines, taken_by,"
    " taken_at) VALUES ($1, $2, $3, 'biennial', 'close', '2027-03-01', '[]', $1, now())"
)


@pytest.fixture(scope="module")
async def dosing_(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Harness]:
    database = await databases.make("dosing")
    folder = tmp_path_factory.mktemp("sites")
    extra = settings_of("dosing", database, folder)
    async with running(
        service_of("dosing"), database, FrozenClock(NOON), folder, **extra
    ) as started:
        yield started


async def seen(service: Harness, network: UUID, sites: frozenset[UUID] | None) -> set[UUID]:
    async with service.db.transaction(network, lazily=True) as tx:
        tx.sites = sites
        return {row["site_id"] for row in await tx.fetch(_READ)}


async def test_rows_of_a_site_are_seen_by_who_works_there(dosing_: Harness) -> None:
    network, here, there = uuid4(), uuid4(), uuid4()
    async with dosing_.db.transaction(network) as tx:
        for site in (here, there):
            await tx.execute(_CLOSE, network=network, site=site)
    assert await seen(dosing_, network, None) == {here, there}
    assert await seen(dosing_, network, frozenset({here})) == {here}
    assert await seen(dosing_, network, frozenset({here, there})) == {here, there}
    assert await seen(dosing_, network, frozenset()) == set()  # who works nowhere
    assert await seen(dosing_, network, None) == {here, there}  # the connection forgets
    assert await seen(dosing_, uuid4(), frozenset({here})) == set()


async def test_rows_of_another_site_cannot_be_written(dosing_: Harness) -> None:
    network, here = uuid4(), uuid4()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with dosing_.db.transaction(network, lazily=True) as tx:
            tx.sites = frozenset({here})
            await tx.execute(_CLOSE, network=network, site=uuid4())
    async with dosing_.db.transaction(network, lazily=True) as tx:
        tx.sites = frozenset({here})
        assert await tx.execute(_CLOSE, network=network, site=here) == 1


async def test_route_that_forgets_to_ask_for_the_site_shows_nothing_of_another(
    dosing_: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    network, here, there = uuid4(), uuid4(), uuid4()
    admin = await asyncpg.connect(dosing_.database.admin_url)
    try:
        await admin.execute(_TAKEN, uuid4(), network, there)
    finally:
        await admin.close()
    path = f"/v1/inventories?site_id={there}"
    client = dosing_.client("nurse", network=network, sites=[str(here)])
    async with client, dosing_.client("nurse", network=network) as everywhere:
        assert (await client.get(path)).status_code == 403
        monkeypatch.setattr(dosing.http.call, "admit_site", lambda *_: None)
        assert (await client.get(path)).json()["items"] == []
        assert len((await everywhere.get(path)).json()["items"]) == 1
