"""A hundred confirmations, a hundred revocations: once one was committed, nothing passes."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from kairos_chassis.testing.harness import Client

from .steps import Clinic

CONFIRMATIONS = 100
REVOCATIONS = 100
AFTERWARDS = 5


@dataclass(slots=True)
class Race:
    """Half of the confirmations begin at once, half when the first has passed."""

    confirmations: str
    revocation: str
    tried: list[tuple[float, int, dict[str, Any]]] = field(default_factory=list)
    first_passed: asyncio.Event = field(default_factory=asyncio.Event)

    async def confirm(self, dosing: Client, *, wait: bool = False) -> None:
        """One confirmation, with the moment it began."""
        if wait:
            await self.first_passed.wait()
        begun = time.perf_counter()
        answer = await dosing.post(self.confirmations, json={"route": "im"})
        self.tried.append((begun, answer.status_code, answer.json()))
        self.first_passed.set()

    async def revoke(self, desk: Client) -> float:
        """The revocation. Returns when it was certainly committed."""
        await self.first_passed.wait()
        answer = await desk.post(self.revocation, json={"reason": "patient_withdrew"})
        assert answer.status_code == 200
        return time.perf_counter()


async def test_no_confirmation_begun_after_the_revocation_passes(clinic: Clinic) -> None:
    consent = await clinic.clear_for_im()
    version = (await clinic.status())["version"]
    race = Race(
        f"/v1/patients/{clinic.patient}/clearance/confirmations",
        f"/v1/consents/{consent}/revocation",
    )
    acting = {"Kairos-Acting-For": str(uuid4())}

    async with (
        clinic.client("service", headers=acting) as dosing,
        clinic.client("front_desk") as desk,
    ):
        turns = [race.confirm(dosing, wait=turn % 2 == 1) for turn in range(CONFIRMATIONS)]
        committed, *_ = await asyncio.gather(race.revoke(desk), *turns)
        for _ in range(AFTERWARDS):
            await race.confirm(dosing)

    begun_after = [status for begun, status, _ in race.tried if begun > committed]
    assert len(begun_after) >= AFTERWARDS
    assert set(begun_after) == {409}
    passed = [body for _, status, body in race.tried if status == 201]
    refused = [body for _, status, body in race.tried if status == 409]
    assert len(passed) + len(refused) == CONFIRMATIONS + AFTERWARDS
    assert passed
    assert {body["clearance_version"] for body in passed} == {version}
    assert {body["clearance_version"] for body in refused} == {version + 1}
    kept = await clinic.service.rows("clearance_confirmation", clinic.network)
    assert len(kept) == len(passed)


async def test_of_a_hundred_revocations_at_once_one_counts_and_nothing_passes_after_it(
    clinic: Clinic,
) -> None:
    """And a hundred confirmations among them: every answer fits one order of all of them."""
    consent = await clinic.clear_for_im()
    version = (await clinic.status())["version"]
    race = Race(
        f"/v1/patients/{clinic.patient}/clearance/confirmations",
        f"/v1/consents/{consent}/revocation",
    )
    acting = {"Kairos-Acting-For": str(uuid4())}
    committed: list[float] = []

    async def revoke(desk: Client) -> int:
        await race.first_passed.wait()
        answer = await desk.post(race.revocation, json={"reason": "patient_withdrew"})
        committed.append(time.perf_counter())
        return answer.status_code

    async with (
        clinic.client("service", headers=acting) as dosing,
        clinic.client("front_desk") as desk,
    ):
        turns = [race.confirm(dosing, wait=turn % 2 == 1) for turn in range(CONFIRMATIONS)]
        revocations = [revoke(desk) for _ in range(REVOCATIONS)]
        answers = await asyncio.gather(*revocations, *turns)
        for _ in range(AFTERWARDS):
            await race.confirm(dosing)

    # One revocation counts; the others find it revoked, which they can only after its commit.
    assert sorted(answers[:REVOCATIONS]) == [200] + [409] * (REVOCATIONS - 1)
    begun_after = {status for begun, status, _ in race.tried if begun > min(committed)}
    assert begun_after == {409}
    passed = [body for _, status, body in race.tried if status == 201]
    refused = [body for _, status, body in race.tried if status == 409]
    assert len(passed) + len(refused) == CONFIRMATIONS + AFTERWARDS
    assert {body["clearance_version"] for body in passed} == {version}
    assert {body["clearance_version"] for body in refused} == {version + 1}
    events = await clinic.service.outboxed(clinic.network)
    assert [e.type for e in events].count("intake.consent_revoked.v1") == 1
    kept = await clinic.service.rows("clearance_confirmation", clinic.network)
    assert len(kept) == len(passed)
