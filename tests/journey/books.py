"""Reads what the services keep, each through its own runtime role and row-level security."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from uuid import UUID

import asyncpg
from kairos_cli.platform import Platform
from kairos_cli.services import SERVICES

from .expected import EFFECTS

PATIENCE_S = 30.0
Audited = Counter[tuple[UUID, str, str]]


async def rows(platform: Platform, service: str, network: UUID, query: str) -> list[asyncpg.Record]:
    """The rows of a query, as this network sees them."""
    connection = await asyncpg.connect(platform.database_url(service))
    try:
        await connection.execute("SELECT set_config('kairos.network', $1, false)", str(network))
        found: list[asyncpg.Record] = await connection.fetch(query)
        return found
    finally:
        await connection.close()


async def effects(platform: Platform, network: UUID) -> dict[str, dict[str, int]]:
    """How many rows each table has that EFFECTS names."""
    return {
        service: {
            table: (await rows(platform, service, network, f"SELECT count(*) FROM {table}"))[0][0]
            for table in tables
        }
        for service, tables in EFFECTS.items()
    }


@dataclass(frozen=True, slots=True)
class End:
    """What stood in the books when a journey had just ended, before other tests added theirs."""

    effects: dict[str, dict[str, int]]
    unfinished: dict[str, dict[str, int]]


async def end_of(platform: Platform, network: UUID) -> End:
    """Wait until nothing is on its way and the last effect is there; what is missing shows."""
    left = await unfinished(platform, network)
    until = time.monotonic() + PATIENCE_S
    while (found := await effects(platform, network)) != EFFECTS and time.monotonic() < until:  # noqa: ASYNC110 - as above
        await asyncio.sleep(0.2)
    return End(found, left)


async def audited(platform: Platform, service: str, network: UUID) -> Audited:
    """Who did what with which outcome, how often, by the audit trail."""
    query = "SELECT actor, resource, outcome FROM audit_entry"
    found = await rows(platform, service, network, query)
    return Counter((row["actor"], row["resource"], row["outcome"]) for row in found)


async def unfinished(platform: Platform, network: UUID) -> dict[str, dict[str, int]]:
    """What of a network does not reach its end, per service: unpublished events, parked ones.

    What is on its way is waited for. What stays is told by type and, if parked, by its reason.
    The bus's tables know no networks: those that other tests forge events for are left out by hand.
    """
    until = time.monotonic() + PATIENCE_S
    while (left := await _left(platform, network)) and time.monotonic() < until:  # noqa: ASYNC110 - it is in others' databases
        await asyncio.sleep(0.2)
    return left


async def _left(platform: Platform, network: UUID) -> dict[str, dict[str, int]]:
    query = (
        "SELECT 'unpublished ' || type, count(*) FROM outbox"
        f" WHERE network_id = '{network}' AND published_at IS NULL GROUP BY 1"
        " UNION ALL SELECT concat_ws(' ', 'parked', type, reason, error), count(*)"
        " FROM parked_event WHERE discarded_at IS NULL"
        f" AND convert_to('{network}', 'UTF8') = ANY(header_values) GROUP BY 1"
    )
    found = {
        service: {row[0]: int(row[1]) for row in await rows(platform, service, network, query)}
        for service in SERVICES
    }
    return {service: left for service, left in found.items() if left}
