"""Confirming and revoking at once: a revocation that was committed is always seen."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

import asyncpg
import pytest
from intake.domain.errors import NotCleared
from intake.store import clearances
from intake.use_cases.confirm_clearance import Confirmation, ConfirmClearance, confirm_clearance
from intake.use_cases.revoke_consent import RevokeConsent, revoke_consent
from kairos_chassis.db import Transaction

from .steps import Clinic

T = TypeVar("T")
CONFIRMATIONS = 100


async def confirm(clinic: Clinic, tx: Transaction) -> Confirmation:
    command = ConfirmClearance(patient_id=UUID(clinic.patient), route="im", acting_for=uuid4())
    return await confirm_clearance(command, tx)


async def revoke(clinic: Clinic, consent: str, tx: Transaction) -> None:
    command = RevokeConsent(consent_id=UUID(consent), revoked_by=uuid4(), reason="patient_withdrew")
    await revoke_consent(command, tx)


@asynccontextmanager
async def transaction(clinic: Clinic) -> AsyncIterator[Transaction]:
    async with clinic.service.db.transaction(clinic.network) as tx:
        yield tx


async def until_somebody_waits(clinic: Clinic) -> None:
    """Until a session of this database waits for a row that another one has locked."""
    admin = await asyncpg.connect(clinic.service.database.admin_url)
    try:
        await admin.execute(_SOMEBODY_WAITS, timeout=5)
    finally:
        await admin.close()


_SOMEBODY_WAITS = """
DO $$ BEGIN
  WHILE NOT EXISTS (SELECT FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock') LOOP
    PERFORM pg_sleep(0.01), pg_stat_clear_snapshot();
  END LOOP;
END $$
"""


async def test_no_confirmation_begun_after_the_revocation_passes(clinic: Clinic) -> None:
    consent = await clinic.clear_for_im()
    version = (await clinic.status())["version"]
    acting = {"Kairos-Acting-For": str(uuid4())}
    path = f"/v1/patients/{clinic.patient}/clearance/confirmations"
    tried: list[tuple[float, int, dict[str, Any]]] = []
    revoked_at: list[float] = []
    first_passed = asyncio.Event()

    async with (
        clinic.client("service", headers=acting) as dosing,
        clinic.client("front_desk") as desk,
    ):

        async def one(turn: int) -> None:
            if turn >= CONFIRMATIONS // 2:
                await first_passed.wait()
            begun = time.perf_counter()
            answer = await dosing.post(path, json={"route": "im"})
            tried.append((begun, answer.status_code, answer.json()))
            first_passed.set()

        async def withdraw() -> None:
            await first_passed.wait()
            answer = await desk.post(
                f"/v1/consents/{consent}/revocation", json={"reason": "patient_withdrew"}
            )
            assert answer.status_code == 200
            revoked_at.append(time.perf_counter())

        await asyncio.gather(withdraw(), *(one(turn) for turn in range(CONFIRMATIONS)))
        for turn in range(5):
            await one(turn)

    (committed,) = revoked_at
    after = [status for begun, status, _ in tried if begun > committed]
    assert len(after) >= 5
    assert set(after) == {409}
    passed = [body for _, status, body in tried if status == 201]
    refused = [body for _, status, body in tried if status != 201]
    assert len(passed) + len(refused) == CONFIRMATIONS + 5
    assert passed
    assert {body["clearance_version"] for body in passed} == {version}
    assert {body["clearance_version"] for body in refused} == {version + 1}
    kept = await clinic.service.rows("clearance_confirmation", clinic.network)
    assert len(kept) == len(passed)


async def test_confirmation_waits_for_a_revocation_under_way(clinic: Clinic) -> None:
    consent = await clinic.clear_for_im()

    async def ask() -> Confirmation:
        async with transaction(clinic) as tx:
            return await confirm(clinic, tx)

    async with transaction(clinic) as tx:
        await revoke(clinic, consent, tx)
        asking = asyncio.create_task(ask())
        await until_somebody_waits(clinic)
        assert not asking.done()

    with pytest.raises(NotCleared) as refused:
        await asking
    assert refused.value.members["rules"] == ["consent_revoked"]


async def test_revocation_waits_for_a_confirmation_under_way(clinic: Clinic) -> None:
    consent = await clinic.clear_for_im()

    async def withdraw() -> None:
        async with transaction(clinic) as tx:
            await revoke(clinic, consent, tx)

    async with transaction(clinic) as tx:
        confirmed = await confirm(clinic, tx)
        withdrawing = asyncio.create_task(withdraw())
        await until_somebody_waits(clinic)
        assert not withdrawing.done()
    await withdrawing

    (kept,) = await clinic.service.rows("clearance_confirmation", clinic.network)
    assert kept["id"] == confirmed.id


async def test_reading_without_the_lock_would_pass(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: without the lock a confirmation passes a revocation that is being committed."""
    consent = await clinic.clear_for_im()

    async with transaction(clinic) as revoking:
        await revoke(clinic, consent, revoking)
        await revoking.flush()
        monkeypatch.setattr(clearances, "lock", clearances.find)
        passed = await soon(ask_without_lock(clinic))

    assert passed.valid_until - passed.confirmed_at == timedelta(seconds=10)


async def ask_without_lock(clinic: Clinic) -> Confirmation:
    async with transaction(clinic) as tx:
        return await confirm(clinic, tx)


async def soon(awaitable: Awaitable[T]) -> T:
    return await asyncio.wait_for(awaitable, timeout=3)
