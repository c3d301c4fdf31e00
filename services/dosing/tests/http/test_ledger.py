"""The ledger: nothing lost, nothing twice, and waste seen by a second licensed person."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from .clinic import Clinic

ONE = {"amount_mg": "1"}
RESIDUE = {"amount_mg": "1", "reason": "residue"}


async def given(clinic: Clinic) -> str:
    """A dose from a draw of 35 of which 1 is left. Returns the draw's id."""
    draw = await clinic.ready()
    assert (await clinic.give(draw)).status_code == 201
    return draw


async def ask(clinic: Clinic, draw: str, amount: str = "1") -> str:
    body = {**RESIDUE, "amount_mg": amount}
    answer = await clinic.post(clinic.ortiz, f"/v1/draws/{draw}/wastes", body)
    return str(answer.json()["id"])


async def test_administrator_cannot_witness(clinic: Clinic) -> None:
    """10b #11, also where somebody else asked for the waste."""
    draw = await given(clinic)
    own = await ask(clinic, draw)

    asker = await clinic.post(clinic.ortiz, f"/v1/wastes/{own}/witness", ONE)

    assert asker.status_code == 409
    assert asker.json()["type"] == "urn:kairos:problem:same_person"
    assert len(await clinic.service.rows("ledger_entry", clinic.network)) == 3


async def test_administrator_cannot_witness_what_another_asked_for(clinic: Clinic) -> None:
    draw = await given(clinic)
    asked = await clinic.post(clinic.park, f"/v1/draws/{draw}/wastes", RESIDUE)
    path = f"/v1/wastes/{asked.json()['id']}/witness"

    giver = await clinic.post(clinic.ortiz, path, ONE)

    assert giver.json()["type"] == "urn:kairos:problem:same_person"
    assert (await clinic.post(clinic.lee, path, ONE)).status_code == 201


async def test_witness_from_another_site_or_without_licence_is_refused(clinic: Clinic) -> None:
    """10b #11."""
    path = f"/v1/wastes/{await ask(clinic, await given(clinic))}/witness"
    elsewhere = clinic.service.client(
        "nurse", network=clinic.network, subject=clinic.park, sites=[str(uuid4())]
    )

    async with elsewhere:
        assert (await elsewhere.post(path, json=ONE)).status_code == 403
    unlicensed = await clinic.post(uuid4(), path, ONE)
    disagreeing = await clinic.post(clinic.park, path, {"amount_mg": "2"})
    good = await clinic.post(clinic.park, path, ONE)
    again = await clinic.post(clinic.lee, path, ONE)

    assert unlicensed.json()["type"] == "urn:kairos:problem:not_licensed"
    assert disagreeing.json()["type"] == "urn:kairos:problem:witness_disagrees"
    assert good.status_code == 201
    assert again.json()["type"] == "urn:kairos:problem:waste_witnessed"


async def test_two_witnesses_at_once_enter_one_waste(clinic: Clinic) -> None:
    path = f"/v1/wastes/{await ask(clinic, await given(clinic))}/witness"

    answers = await asyncio.gather(
        clinic.post(clinic.park, path, ONE), clinic.post(clinic.lee, path, ONE)
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    kinds = [r["kind"] for r in await clinic.service.rows("ledger_entry", clinic.network)]
    assert kinds.count("waste") == 1


async def test_no_more_is_wasted_than_is_in_hand(clinic: Clinic) -> None:
    draw = await given(clinic)
    path = f"/v1/draws/{draw}/wastes"

    too_much = await clinic.post(clinic.ortiz, path, {**RESIDUE, "amount_mg": "1.001"})
    await ask(clinic, draw)
    twice = await clinic.post(clinic.ortiz, path, RESIDUE)

    assert too_much.json()["type"] == "urn:kairos:problem:amount_not_held"
    assert twice.json()["type"] == "urn:kairos:problem:amount_not_held"


async def test_used_draw_is_wasted_never_returned(clinic: Clinic) -> None:
    draw = await given(clinic)

    answer = await clinic.post(clinic.ortiz, f"/v1/draws/{draw}/returns", ONE)

    assert answer.json()["type"] == "urn:kairos:problem:return_after_use"


@pytest.mark.parametrize(
    ("amount", "rules"),
    [
        ("37.5", ["draw_exceeds_order"]),
        ("501", ["balance_insufficient", "draw_exceeds_order"]),
    ],
)
async def test_draw_stays_near_the_order(clinic: Clinic, amount: str, rules: list[str]) -> None:
    await clinic.order()
    await clinic.observe()

    answer = await clinic.draw(amount)

    assert answer.json()["type"] == "urn:kairos:problem:draw_refused"
    assert answer.json()["rules"] == rules


async def test_container_of_another_site_is_not_drawn_from(clinic: Clinic) -> None:
    await clinic.order()
    await clinic.observe()

    answer = await clinic.draw(vial=await clinic.receive(site=uuid4()))

    assert answer.json()["rules"] == ["container_of_other_site"]


async def test_receipt_agrees_with_the_formulary(clinic: Clinic) -> None:
    body = {
        "site_id": str(clinic.site),
        "product": "ketamine_50mg_ml_10ml",
        "lot": "K1",
        "expires_on": "2028-01-01",
        "amount_mg": "600",
    }

    answer = await clinic.post(clinic.ortiz, "/v1/containers", body)

    assert answer.json()["type"] == "urn:kairos:problem:not_of_product"


async def test_altered_entry_breaks_the_chain(clinic: Clinic) -> None:
    await given(clinic)
    admin = await asyncpg.connect(clinic.service.database.admin_url)
    try:
        # Even the server's superuser has to switch the guards off first.
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await admin.execute("UPDATE ledger_entry SET amount_mg = 33")
        await admin.execute("SET session_replication_role = replica")
        await admin.execute(
            "UPDATE ledger_entry SET amount_mg = 33 WHERE kind = 'administer' AND network_id = $1",
            clinic.network,
        )
    finally:
        await admin.close()

    vial = (await clinic.get(f"/v1/containers/{clinic.vial}")).json()

    assert vial["chain"] == "broken"


@pytest.mark.parametrize("table", ["ledger_entry", "dose", "observation", "session_move"])
async def test_service_itself_cannot_change_what_is_charted(clinic: Clinic, table: str) -> None:
    await given(clinic)
    runtime = await asyncpg.connect(clinic.service.database.runtime_url)
    try:
        await runtime.execute(f"SET kairos.network = '{clinic.network}'")
        for change in (f"UPDATE {table} SET network_id = network_id", f"DELETE FROM {table}"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await runtime.execute(change)
    finally:
        await runtime.close()


async def test_sites_list_their_containers_by_page(clinic: Clinic) -> None:
    second = await clinic.receive(lot="K2412")

    first = await clinic.get("/v1/containers", site_id=str(clinic.site), limit=1)
    link = first.headers["Link"].split(";")[0].strip("<>")
    after = await clinic.get(link)

    assert [one["id"] for one in first.json()["items"]] == [clinic.vial]
    assert [one["id"] for one in after.json()["items"]] == [second]
    assert after.json()["next_cursor"] is None


async def test_who_drew_the_drug_cannot_witness_its_waste(clinic: Clinic) -> None:
    """Clinical 8: draw and witness are two different licensed persons."""
    await clinic.order()
    await clinic.observe()
    draw = (await clinic.draw(who=clinic.lee)).json()["draw_id"]
    asked = await clinic.post(
        clinic.ortiz, f"/v1/draws/{draw}/wastes", {"amount_mg": "35", "reason": "not_given"}
    )
    path = f"/v1/wastes/{asked.json()['id']}/witness"

    drawer = await clinic.post(clinic.lee, path, {"amount_mg": "35"})

    assert drawer.json()["type"] == "urn:kairos:problem:same_person"
    assert (await clinic.post(clinic.park, path, {"amount_mg": "35"})).status_code == 201


@pytest.mark.parametrize(
    "change", ["expires_on = '2030-01-01'", "lot = 'K9999'", "product = 'other'"]
)
async def test_altered_label_breaks_the_chain(clinic: Clinic, change: str) -> None:
    await given(clinic)
    admin = await asyncpg.connect(clinic.service.database.admin_url)
    try:
        await admin.execute("SET session_replication_role = replica")
        await admin.execute(
            f"UPDATE container SET {change} WHERE network_id = $1",
            clinic.network,
        )
    finally:
        await admin.close()

    vial = (await clinic.get(f"/v1/containers/{clinic.vial}")).json()

    assert vial["chain"] == "broken"


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("container", "expires_on"),
        ("container", "site_id"),
        ("dose_order", "amount_mg"),
        ("dose_order", "prescribed_by"),
        ("session", "patient_id"),
        ("session", "opened_at"),
    ],
)
async def test_service_itself_changes_only_what_moves(
    clinic: Clinic, table: str, column: str
) -> None:
    await given(clinic)
    runtime = await asyncpg.connect(clinic.service.database.runtime_url)
    try:
        await runtime.execute(f"SET kairos.network = '{clinic.network}'")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await runtime.execute(f"UPDATE {table} SET {column} = {column}")
    finally:
        await runtime.close()
