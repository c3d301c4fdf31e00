"""A revocation against a dose that the gate has just let through: no dose is committed after it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest
from dosing.store import patients
from dosing.use_cases import administer_dose

from .clinic import Clinic

_WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND datname = current_database()
"""
Announce = Callable[[Clinic], Awaitable[Any]]


async def revoke(clinic: Clinic) -> None:
    await clinic.clear(version=2, cleared=False)


async def worry(clinic: Clinic) -> None:
    await clinic.worry()


async def waits(clinic: Clinic, announced: asyncio.Task[Any]) -> None:
    """Until what is announced waits for a lock, or is done."""
    watcher = await asyncpg.connect(clinic.service.database.admin_url)
    try:
        # PostgreSQL tells nobody that a connection began to wait: it has to be asked.
        while not announced.done() and not await watcher.fetchval(_WAITING):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    finally:
        await watcher.close()


async def announced_while_charting(
    clinic: Clinic, announce: Announce, monkeypatch: pytest.MonkeyPatch
) -> tuple[int, list[str]]:
    """The gate has let a dose through, and something is announced before the commit. Returns what
    the nurse was answered and why drug was stopped."""
    draw = await clinic.ready()
    judged, go_on = asyncio.Event(), asyncio.Event()
    chart = administer_dose.chart_dose

    async def held(*of: Any) -> Any:
        judged.set()
        await go_on.wait()
        return await chart(*of)

    monkeypatch.setattr(administer_dose, "chart_dose", held)
    async with asyncio.timeout(20):
        given = asyncio.create_task(clinic.give(draw))
        await judged.wait()
        announced = asyncio.create_task(announce(clinic))
        await waits(clinic, announced)
        go_on.set()
        answer, _ = await asyncio.gather(given, announced)
    stops = await clinic.service.rows("drug_stop", clinic.network)
    return answer.status_code, [row["reason"] for row in stops]


@pytest.mark.parametrize(
    ("announce", "reason"), [(revoke, "clearance_withdrawn"), (worry, "safety_concern")]
)
async def test_what_is_announced_while_a_dose_is_charted_waits_for_it_and_stops_the_drug(
    clinic: Clinic, announce: Announce, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clinical 10b #2. Else an infusion would run on, and nobody would be called to the pump."""
    assert await announced_while_charting(clinic, announce, monkeypatch) == (201, [reason])


@pytest.mark.parametrize("announce", [revoke, worry])
async def test_without_the_lock_the_dose_would_come_after_it_and_go_on(
    clinic: Clinic, announce: Announce, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: the check above can fail."""

    async def nobody(*_: Any) -> None:
        return None

    monkeypatch.setattr(patients, "lock_attending", nobody)

    assert await announced_while_charting(clinic, announce, monkeypatch) == (201, [])


async def test_whoever_has_no_session_is_not_waited_for(clinic: Clinic) -> None:
    """A backlog of announcements is worked off many to a transaction, in any order of patients."""
    etag = (await clinic.get(f"/v1/sessions/{clinic.session}")).headers["ETag"]
    path = f"/v1/sessions/{clinic.session}/abortion"
    ended = await clinic.post(clinic.ortiz, path, {"reason": "not_cleared"}, **{"If-Match": etag})
    assert ended.status_code == 200, ended.text
    holder = await asyncpg.connect(clinic.service.database.admin_url)
    try:
        async with holder.transaction(), asyncio.timeout(10):
            await holder.execute(
                "SELECT 1 FROM patient_dosing WHERE patient_id = $1 FOR UPDATE", clinic.patient
            )
            await revoke(clinic)
    finally:
        await holder.close()
