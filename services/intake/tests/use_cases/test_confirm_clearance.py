"""Confirming and withdrawing take turns: one lock gives them one order."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from intake.domain.errors import NotCleared
from intake.store import clearances
from intake.use_cases.confirm_clearance import Confirmation, ConfirmClearance, confirm_clearance
from intake.use_cases.revoke_consent import RevokeConsent, revoke_consent
from kairos_chassis.db import Transaction
from kairos_chassis.testing.harness import Harness

from .cleared import cleared_patient


async def confirm(patient: UUID, tx: Transaction) -> Confirmation:
    command = ConfirmClearance(patient_id=patient, route="im", acting_for=uuid4())
    return await confirm_clearance(command, tx)


async def revoke(consent: UUID, tx: Transaction) -> None:
    command = RevokeConsent(consent_id=consent, revoked_by=uuid4(), reason="patient_withdrew")
    await revoke_consent(command, tx)


async def confirm_alone(service: Harness, network: UUID, patient: UUID) -> Confirmation:
    async with service.db.transaction(network) as tx:
        return await confirm(patient, tx)


async def revoke_alone(service: Harness, network: UUID, consent: UUID) -> None:
    async with service.db.transaction(network) as tx:
        await revoke(consent, tx)


async def until_somebody_waits(service: Harness) -> None:
    """Until a session of this database waits for a row that another one has locked."""
    admin = await asyncpg.connect(service.database.admin_url)
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


async def test_confirmation_waits_for_a_revocation_under_way(
    service: Harness, network: UUID
) -> None:
    patient, consent = await cleared_patient(service, network)

    async with service.db.transaction(network) as tx:
        await revoke(consent, tx)
        asking = asyncio.create_task(confirm_alone(service, network, patient))
        await until_somebody_waits(service)
        assert not asking.done()

    with pytest.raises(NotCleared) as refused:
        await asking
    assert refused.value.members["rules"] == ["consent_revoked"]


async def test_revocation_waits_for_a_confirmation_under_way(
    service: Harness, network: UUID
) -> None:
    patient, consent = await cleared_patient(service, network)

    async with service.db.transaction(network) as tx:
        confirmed = await confirm(patient, tx)
        withdrawing = asyncio.create_task(revoke_alone(service, network, consent))
        await until_somebody_waits(service)
        assert not withdrawing.done()
    await withdrawing

    (kept,) = await service.rows("clearance_confirmation", network)
    assert kept["id"] == confirmed.id


async def test_reading_without_the_lock_would_pass(
    service: Harness, network: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: without the lock a confirmation passes a revocation that is being committed."""
    patient, consent = await cleared_patient(service, network)

    async with service.db.transaction(network) as tx:
        await revoke(consent, tx)
        await tx.flush()
        monkeypatch.setattr(clearances, "lock", clearances.find)
        passed = await asyncio.wait_for(confirm_alone(service, network, patient), timeout=5)

    assert passed.valid_until - passed.confirmed_at == timedelta(seconds=10)


async def test_withdrawal_and_its_events_both_or_neither(service: Harness, network: UUID) -> None:
    patient, consent = await cleared_patient(service, network)
    before = await service.outboxed(network)

    with pytest.raises(RuntimeError):
        async with service.db.transaction(network) as tx:
            await revoke(consent, tx)
            await tx.flush()
            raise RuntimeError("the machine stops here")

    assert await service.outboxed(network) == before
    assert (await confirm_alone(service, network, patient)).clearance_version == 3
    await revoke_alone(service, network, consent)
    assert len(await service.outboxed(network)) == len(before) + 2
