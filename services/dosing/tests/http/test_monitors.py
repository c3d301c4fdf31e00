"""Who watches how many: whoever gives a dose watches then; a first dose is watched one to one."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from dosing.domain.order_facts import LastDose
from dosing.store import floor, patients

from .clinic import Clinic


async def next_patient(clinic: Clinic, *, first: bool = True) -> str:
    """Somebody else has checked in, for a first dose or after others. Returns the ready draw."""
    clinic.patient = uuid4()
    await clinic.clear()
    clinic.session = await clinic.check_in()
    clinic.vial = await clinic.receive()
    if not first:
        await dosed_before(clinic)
    return await clinic.ready()


async def dosed_before(clinic: Clinic) -> None:
    """The patient had a dose a month ago."""
    at = clinic.service.clock.now() - timedelta(days=30)
    last = LastDose(
        at=at,
        local_day=at.date(),
        iv_equivalent_mg_per_kg=Decimal("0.465"),
        weight_kg=Decimal("68"),
    )
    async with clinic.service.db.transaction(clinic.network) as tx:
        patients.save(tx, clinic.patient, last)


async def take_over(clinic: Clinic, who: UUID, of: UUID, session: str | None = None) -> Any:
    path = f"/v1/sessions/{session or clinic.session}/monitor-handovers"
    return await clinic.post(who, path, {"from_practitioner_id": str(of)})


async def test_first_dose_is_given_by_somebody_who_watches_nobody(clinic: Clinic) -> None:
    """Clinical 8: 1:1 at a first dose. The booking kept it; so does the dose."""
    watched, draw = clinic.session, await clinic.ready()
    assert (await clinic.give(draw)).status_code == 201
    draw = await next_patient(clinic)

    busy = await clinic.give(draw)
    doses = len(await clinic.service.rows("dose", clinic.network))
    await take_over(clinic, clinic.park, clinic.ortiz, watched)
    free = await clinic.give(draw)

    assert busy.json()["rules"] == ["monitor_not_one_to_one"]
    assert doses == 1
    assert free.status_code == 201, free.text


async def test_whoever_watches_a_first_dose_takes_on_nobody_else(clinic: Clinic) -> None:
    """Though the second patient has had doses before."""
    await clinic.give(await clinic.ready())
    draw = await next_patient(clinic, first=False)

    given = await clinic.give(draw)

    assert given.json()["rules"] == ["monitor_not_one_to_one"]
    assert (await clinic.give(draw, who=clinic.lee)).status_code == 201
    assert (
        (await take_over(clinic, clinic.ortiz, clinic.lee))
        .json()["type"]
        .endswith(":monitor_not_one_to_one")
    )


async def test_first_dose_is_handed_over_to_somebody_who_watches_nobody(clinic: Clinic) -> None:
    await dosed_before(clinic)
    await clinic.give(await clinic.ready())
    await take_over(clinic, clinic.park, clinic.ortiz)  # Park watches one, who had doses before
    await clinic.give(await next_patient(clinic))

    busy = await take_over(clinic, clinic.park, clinic.ortiz)
    free = await take_over(clinic, clinic.lee, clinic.ortiz)
    further = await take_over(clinic, clinic.ortiz, clinic.lee)

    assert (busy.status_code, busy.json()["type"][-22:]) == (409, "monitor_not_one_to_one")
    assert [one.json()["one_to_one"] for one in (free, further)] == [True, True]


async def test_two_who_had_doses_before_are_watched_by_one_and_no_third(clinic: Clinic) -> None:
    """Clinical 8: at most two patients per monitor, at the dose and at the handover."""
    await dosed_before(clinic)
    first, draw = clinic.session, await clinic.ready()
    given = [await clinic.give(draw)]
    given.append(await clinic.give(await next_patient(clinic, first=False)))
    draw = await next_patient(clinic, first=False)
    third = await clinic.give(draw)
    given.append(await clinic.give(draw, who=clinic.lee))

    handed = await take_over(clinic, clinic.ortiz, clinic.lee)
    await take_over(clinic, clinic.park, clinic.ortiz, first)
    after = await take_over(clinic, clinic.ortiz, clinic.lee)

    assert [one.status_code for one in given] == [201, 201, 201]
    assert third.json()["rules"] == ["monitor_ratio_exceeded"]
    assert handed.json()["type"].endswith(":monitor_ratio_exceeded")
    assert (after.status_code, after.json()["one_to_one"]) == (201, False)


async def two_first_doses_at_once(clinic: Clinic) -> list[int]:
    """One nurse gives two first doses in the same moment. Returns what was answered, sorted."""
    here, draw = clinic.session, await clinic.ready()
    other = await next_patient(clinic)
    there, now = clinic.session, clinic.service.clock.now().isoformat()

    async def give(session: str, of: str) -> int:
        body = {"draw_id": of, "amount_mg": "34", "administered_at": now}
        answer = await clinic.post(clinic.ortiz, f"/v1/sessions/{session}/administrations", body)
        return answer.status_code

    return sorted(await asyncio.gather(give(here, draw), give(there, other)))


async def test_of_two_first_doses_by_one_nurse_at_once_one_is_given(clinic: Clinic) -> None:
    assert await two_first_doses_at_once(clinic) == [201, 409]
    assert len(await clinic.service.rows("dose", clinic.network)) == 1


async def test_without_the_lock_one_nurse_would_come_to_watch_two(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: both look, and only then does either begin to watch."""
    looked = asyncio.Barrier(2)
    look = floor.watching

    async def unlocked(tx: Any, practitioner_id: UUID, besides: UUID) -> Any:
        seen = await look(tx, practitioner_id, besides)
        async with asyncio.timeout(10):
            await looked.wait()
        return seen

    monkeypatch.setattr(floor, "lock_watch_of", unlocked)

    assert await two_first_doses_at_once(clinic) == [201, 201]
