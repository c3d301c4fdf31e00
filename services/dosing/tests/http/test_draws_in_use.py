"""Drug that is running into a patient is neither returned nor wasted: its end is always charted."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from dosing.domain.errors import AmountNotHeld
from dosing.domain.ledger import EntryKind, Posting
from dosing.store import containers

from .clinic import Clinic
from .test_every_route import change, iv, start


async def _infusing(clinic: Clinic) -> tuple[str, str]:
    """Of 34 mg in the syringe 34 mg run in. Returns the draw's and the infusion's id."""
    draw = await iv(clinic)
    started = await start(clinic, draw)
    assert started.status_code == 201, started.text
    clinic.service.clock.advance(timedelta(minutes=10))
    return draw, started.json()["id"]


async def _waste(clinic: Clinic, draw: str, amount: str) -> Any:
    body = {"amount_mg": amount, "reason": "residue"}
    return await clinic.post(clinic.ortiz, f"/v1/draws/{draw}/wastes", body)


async def _witness(clinic: Clinic, waste: Any, amount: str) -> Any:
    path = f"/v1/wastes/{waste.json()['id']}/witness"
    return await clinic.post(clinic.park, path, {"amount_mg": amount})


async def _vial(clinic: Clinic) -> Any:
    return (await clinic.get(f"/v1/containers/{clinic.vial}")).json()


@pytest.mark.parametrize("amount", ["34", "0.001"])
async def test_nothing_of_a_running_infusion_goes_back_to_stock(
    clinic: Clinic, amount: str
) -> None:
    draw, infusion = await _infusing(clinic)

    path = f"/v1/draws/{draw}/returns"
    returned = await clinic.post(clinic.park, path, {"amount_mg": amount})
    ended = await change(clinic, infusion, "stop", volume_ml="2.00")
    late = await clinic.post(clinic.park, path, {"amount_mg": "14"})

    assert returned.json()["type"] == "urn:kairos:problem:return_after_use"
    assert (ended.status_code, ended.json()["given_mg"]) == (201, "20")
    assert late.json()["type"] == "urn:kairos:problem:return_after_use"
    assert (await _vial(clinic))["balance_mg"] == "166"


async def test_syringe_of_which_nothing_ran_in_is_wasted_and_not_returned(clinic: Clinic) -> None:
    draw, infusion = await _infusing(clinic)
    assert (await change(clinic, infusion, "stop", volume_ml="0.00")).status_code == 201

    path = f"/v1/draws/{draw}/returns"
    returned = await clinic.post(clinic.park, path, {"amount_mg": "34"})
    waste = await _waste(clinic, draw, "34")

    assert returned.json()["type"] == "urn:kairos:problem:return_after_use"
    assert (await _witness(clinic, waste, "34")).status_code == 201


@pytest.mark.parametrize("amount", ["34", "0.001"])
async def test_nothing_of_a_running_infusion_is_wasted(clinic: Clinic, amount: str) -> None:
    draw, infusion = await _infusing(clinic)

    running = await _waste(clinic, draw, amount)
    ended = await change(clinic, infusion, "stop", volume_ml="2.00")
    rest = await _waste(clinic, draw, "14")

    assert running.json()["type"] == "urn:kairos:problem:amount_not_held"
    assert ended.json()["given_mg"] == "20"
    assert (await _witness(clinic, rest, "14")).status_code == 201
    kinds = [(one["kind"], one["amount_mg"]) for one in (await _vial(clinic))["entries"]]
    assert kinds[1:] == [("draw", "34"), ("administer", "20"), ("waste", "14")]


async def test_syringe_that_is_not_running_goes_back(clinic: Clinic) -> None:
    """The twin: drawn, checked, and never started."""
    draw = await iv(clinic)

    path = f"/v1/draws/{draw}/returns"
    returned = await clinic.post(clinic.park, path, {"amount_mg": "34"})

    assert returned.status_code == 201, returned.text
    assert (await _vial(clinic))["balance_mg"] == "200"


async def test_start_against_return_and_waste_leaves_a_dose_that_can_be_charted(
    clinic: Clinic,
) -> None:
    """Three at once: whichever is first, the other two find the syringe in use."""
    for _ in range(3):
        clinic.patient = uuid4()
        draw = await iv(clinic)

        begun, *others = await asyncio.gather(
            start(clinic, draw),
            clinic.post(clinic.park, f"/v1/draws/{draw}/returns", {"amount_mg": "34"}),
            _waste(clinic, draw, "34"),
        )

        answers = [begun.status_code, *(one.status_code for one in others)]
        assert sorted(answers) == [201, 409, 409], answers
        if begun.status_code == 201:
            done = await change(clinic, begun.json()["id"], "complete", volume_ml="3.40")
            assert done.json()["given_mg"] == "34"


@pytest.mark.parametrize("kind", [EntryKind.WASTE, EntryKind.RETURN])
async def test_database_keeps_running_drug_too_and_is_heard_as_a_refusal(
    clinic: Clinic, kind: EntryKind
) -> None:
    """Whatever the code lets pass: no fault of the service, a refusal with a name."""
    draw, _ = await _infusing(clinic)
    rows = await clinic.service.rows("ledger_entry", clinic.network)
    (drawn,) = [row for row in rows if str(row["id"]) == draw]

    with pytest.raises(AmountNotHeld) as refused:
        async with clinic.service.db.transaction(clinic.network) as tx:
            box = await containers.lock(tx, drawn["container_id"])
            posting = Posting(
                id=uuid4(),
                kind=kind,
                amount_mg=drawn["amount_mg"],
                at=tx.now,
                actor=clinic.park,
                witness=clinic.lee,
                session_id=drawn["session_id"],
                draw_id=drawn["id"],
                reference_id=uuid4(),
            )
            containers.save(tx, box.enter(posting))

    assert isinstance(refused.value.__cause__, asyncpg.IntegrityConstraintViolationError)
