"""Stock: blind counts, discrepancies and their clocks, transfers, destruction, seals."""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from dosing.due import timers
from dosing.operations import VERBS
from kairos_chassis.db import Database
from kairos_chassis.timers import run_due

from .clinic import Clinic


async def count(clinic: Clinic, amount: str, who: UUID | None = None) -> Any:
    path = f"/v1/containers/{clinic.vial}/counts"
    return await clinic.post(who or clinic.ortiz, path, {"counted_mg": amount})


async def test_count_that_agrees_is_kept_and_opens_nothing(clinic: Clinic) -> None:
    answer = await count(clinic, "500")

    assert answer.json()["discrepancy"] is None
    vial = (await clinic.get(f"/v1/containers/{clinic.vial}")).json()
    assert [(e["kind"], e["amount_mg"]) for e in vial["entries"]][-1] == ("count", "500")
    assert vial["balance_mg"] == "500"


async def test_count_371_against_376_quarantines_and_starts_both_clocks(clinic: Clinic) -> None:
    """10b #15, in small: 5 mg are missing."""
    answer = await count(clinic, "495")

    found = answer.json()["discrepancy"]
    assert (found["book_mg"], found["counted_mg"]) == ("500", "495")
    # Monday noon: due on Tuesday, and 45 days on.
    assert found["notify_due_at"].startswith("2027-03-02T18")
    assert found["report_due_at"].startswith("2027-04-15T18")
    vial = (await clinic.get(f"/v1/containers/{clinic.vial}")).json()
    assert vial["quarantined"] is True
    await clinic.order()
    await clinic.observe()
    assert (await clinic.draw()).json()["rules"] == ["lot_quarantined"]
    clinic.service.clock.advance(timedelta(days=1))
    await run_due(clinic.service.db, timers)
    signals = await clinic.service.rows("misuse_signal", clinic.network)
    assert [one["code"] for one in signals] == ["loss_notice_overdue"]


async def test_loss_takes_two_and_is_an_entry_of_its_own(clinic: Clinic) -> None:
    found = (await count(clinic, "495")).json()["discrepancy"]
    path = f"/v1/discrepancies/{found['id']}/steps"
    loss = {"kind": "loss", "reason": "vial found cracked"}

    alone = await clinic.post(clinic.ortiz, path, {**loss, "witness": str(clinic.ortiz)})
    unknown = await clinic.post(clinic.ortiz, path, {**loss, "witness": str(uuid4())})
    done = await clinic.post(clinic.ortiz, path, {**loss, "witness": str(clinic.park)})
    twice = await clinic.post(clinic.ortiz, path, {**loss, "witness": str(clinic.park)})

    assert alone.json()["type"] == "urn:kairos:problem:same_person"
    assert unknown.json()["type"] == "urn:kairos:problem:not_licensed"
    assert done.status_code == 201
    assert twice.json()["type"] == "urn:kairos:problem:discrepancy_closed"
    vial = (await clinic.get(f"/v1/containers/{clinic.vial}")).json()
    assert (vial["balance_mg"], vial["chain"]) == ("495", "intact")
    assert vial["entries"][-1]["kind"] == "loss"


async def close(clinic: Clinic) -> Any:
    body = {"site_id": str(clinic.site), "site_zone": clinic.zone, "day": "2027-03-01"}
    return await clinic.post(clinic.ortiz, "/v1/day-closes", body)


async def test_day_closes_once_everything_is_accounted_for(clinic: Clinic) -> None:
    draw = await clinic.ready()
    held = await close(clinic)
    await clinic.post(clinic.ortiz, f"/v1/draws/{draw}/returns", {"amount_mg": "35"})
    uncounted = await close(clinic)
    await count(clinic, "500")
    closed = await close(clinic)
    again = await close(clinic)

    assert held.json()["rules"] == ["draw_unreconciled", "container_not_counted"]
    assert uncounted.json()["rules"] == ["container_not_counted"]
    assert closed.status_code == 201, closed.text
    assert again.json()["type"] == "urn:kairos:problem:day_closed"
    assert "day_closed" in (await clinic.draw()).json()["rules"]


async def test_discrepancy_keeps_the_day_open(clinic: Clinic) -> None:
    await count(clinic, "495")

    assert "discrepancy_open" in (await close(clinic)).json()["rules"]


async def test_transfer_is_paired_and_alarms_when_it_is_late(clinic: Clinic) -> None:
    there = uuid4()
    path = f"/v1/containers/{clinic.vial}/transfers"
    sent = (await clinic.post(clinic.ortiz, path, {"to_site_id": str(there)})).json()
    receipt = f"/v1/transfers/{sent['id']}/receipt"

    sender = await clinic.post(clinic.ortiz, receipt, {"amount_mg": "500"})
    short = await clinic.post(clinic.park, receipt, {"amount_mg": "450"})
    clinic.service.clock.advance(timedelta(hours=24))
    await run_due(clinic.service.db, timers)
    got = await clinic.post(clinic.park, receipt, {"amount_mg": "500"})
    twice = await clinic.post(clinic.park, receipt, {"amount_mg": "500"})

    assert sender.json()["type"] == "urn:kairos:problem:same_person"
    assert short.json()["type"] == "urn:kairos:problem:witness_disagrees"
    assert (got.json()["site_id"], got.json()["balance_mg"]) == (str(there), "500")
    assert twice.json()["type"] == "urn:kairos:problem:transfer_received"
    left = (await clinic.get(f"/v1/containers/{clinic.vial}")).json()
    assert (left["balance_mg"], left["entries"][-1]["reference_id"]) == ("0", sent["id"])
    signals = await clinic.service.rows("misuse_signal", clinic.network)
    assert [one["code"] for one in signals] == ["transfer_late"]


async def test_destruction_takes_two_who_saw_it(clinic: Clinic) -> None:
    body = {"amount_mg": "500", "method": "chemical_digestion"}
    path = f"/v1/containers/{clinic.vial}/destructions"
    asked = (await clinic.post(clinic.ortiz, path, body)).json()
    witness = f"/v1/destructions/{asked['id']}/witness"

    own = await clinic.post(clinic.ortiz, witness, {"amount_mg": "500"})
    first = await clinic.post(clinic.park, witness, {"amount_mg": "500"})
    same = await clinic.post(clinic.park, witness, {"amount_mg": "500"})
    second = await clinic.post(clinic.lee, witness, {"amount_mg": "500"})

    assert own.json()["type"] == "urn:kairos:problem:same_person"
    assert first.json()["witnesses"] == 1
    assert same.json()["type"] == "urn:kairos:problem:same_person"
    assert second.json()["witnesses"] == 2
    vial = (await clinic.get(f"/v1/containers/{clinic.vial}")).json()
    assert (vial["balance_mg"], vial["entries"][-1]["kind"]) == ("0", "destroy")


async def test_opened_vial_is_not_used_beyond_its_days(clinic: Clinic) -> None:
    draw = await clinic.ready()
    await clinic.post(clinic.ortiz, f"/v1/draws/{draw}/returns", {"amount_mg": "35"})
    await clinic.cancel()
    clinic.service.clock.advance(timedelta(days=28, seconds=1))
    await clinic.clear(version=2)
    clinic.session = await clinic.check_in()
    await clinic.order()
    await clinic.observe()

    assert (await clinic.draw()).json()["rules"] == ["beyond_use_passed"]


@pytest.mark.parametrize(
    "change",
    [
        {"ownership": "patient_specific_held"},
        {"patient_id": "0197a3c0-0000-7000-8000-000000000001"},
    ],
)
async def test_stock_is_the_clinics_or_one_patients(clinic: Clinic, change: Any) -> None:
    body = {
        "site_id": str(clinic.site),
        "product": clinic.product,
        "lot": "K1",
        "expires_on": "2028-01-01",
        "amount_mg": "500",
        **change,
    }

    answer = await clinic.post(clinic.ortiz, "/v1/containers", body)

    assert answer.json()["type"] == "urn:kairos:problem:ownership_unclear"


async def test_hundred_draws_at_once_from_one_vial_never_overdraw_it(clinic: Clinic) -> None:
    await clinic.order()
    await clinic.observe()

    answers = await asyncio.gather(*(clinic.draw("34") for _ in range(100)))

    assert [one.status_code for one in answers].count(201) == 1  # more is not ordered
    vial = (await clinic.get(f"/v1/containers/{clinic.vial}")).json()
    assert (vial["balance_mg"], vial["chain"]) == ("466", "intact")


# --- the verbs ------------------------------------------------------------------------------------


async def ledger(clinic: Clinic, act: str) -> Any:
    (verb,) = [one for one in VERBS if one.name == "ledger"]

    @asynccontextmanager
    async def connect() -> AsyncIterator[Database]:
        yield clinic.service.db

    return await verb.act(argparse.Namespace(act=act, network=clinic.network), connect)


async def tamper(clinic: Clinic, *statements: str) -> None:
    admin = await asyncpg.connect(clinic.service.database.admin_url)
    try:
        await admin.execute("SET session_replication_role = replica")
        for sql in statements:
            await admin.execute(sql.replace("{vial}", f"'{clinic.vial}'"))
    finally:
        await admin.close()


async def test_untouched_ledgers_verify(clinic: Clinic) -> None:
    await clinic.dosed()
    await ledger(clinic, "seal")

    answer = await ledger(clinic, "verify")

    assert answer.code == 0, answer.lines
    assert answer.document["checkpoints"] == 1


_LAST = "(SELECT max(seq) FROM ledger_entry WHERE container_id = {vial})"


@pytest.mark.parametrize(
    ("statements", "fault"),
    [
        (
            ["UPDATE ledger_entry SET amount_mg = 36 WHERE container_id = {vial} AND seq = 2"],
            "entry_edited_at_2",
        ),
        (
            ["DELETE FROM ledger_entry WHERE container_id = {vial} AND seq = 2"],
            "entry_missing_or_inserted_at_2",
        ),
        (
            [
                "INSERT INTO ledger_entry SELECT gen_random_uuid(), network_id, container_id, 5,"
                " kind, amount_mg, balance_after_mg, entered_at, actor, witness, session_id,"
                " draw_id, NULL, prior_hash, hash, reason FROM ledger_entry"
                " WHERE container_id = {vial} AND seq = 2"
            ],
            "order_broken_at_5",
        ),
        (
            [
                "UPDATE ledger_entry SET seq = seq + 100 WHERE container_id = {vial}"
                " AND seq IN (2, 3)",
                "UPDATE ledger_entry SET seq = 105 - seq WHERE container_id = {vial} AND seq > 100",
            ],
            "order_broken_at_2",
        ),
        (
            [f"DELETE FROM ledger_entry WHERE container_id = {{vial}} AND seq = {_LAST}"],
            "truncated",
        ),
        (
            [
                f"DELETE FROM ledger_entry WHERE container_id = {{vial}} AND seq = {_LAST}",
                "UPDATE container SET last_seq = last_seq - 1, last_hash = (SELECT hash FROM"
                f" ledger_entry WHERE container_id = {{vial}} AND seq = {_LAST})"
                " WHERE id = {vial}",
            ],
            "truncated_since_checkpoint",
        ),
    ],
    ids=["edited", "deleted", "inserted", "swapped", "truncated", "truncated_with_its_head"],
)
async def test_whatever_is_done_to_a_ledger_is_found(
    clinic: Clinic, statements: list[str], fault: str
) -> None:
    await clinic.dosed()
    await ledger(clinic, "seal")
    await tamper(clinic, *statements)

    answer = await ledger(clinic, "verify")

    assert answer.code == 1
    assert fault in answer.document["faults"][clinic.vial]


async def test_broken_seal_and_missing_container_are_found(clinic: Clinic) -> None:
    await ledger(clinic, "seal")
    other = await clinic.receive(lot="K9")
    await ledger(clinic, "seal")
    await tamper(
        clinic,
        f"DELETE FROM ledger_entry WHERE container_id = '{other}'",
        f"DELETE FROM container WHERE id = '{other}'",
        f"UPDATE ledger_checkpoint SET entries = 0, root = prior_root WHERE seq = 2"
        f" AND network_id = '{clinic.network}'",
    )

    faults = (await ledger(clinic, "verify")).document["faults"]

    assert faults == {"checkpoint 2": ["seal_broken"], other: ["container_missing"]}


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE ledger_entry SET amount_mg = 1", "append-only"),
        ("DELETE FROM ledger_entry", "append-only"),
        ("TRUNCATE ledger_entry CASCADE", "append-only"),
        ("DELETE FROM dose", "append-only"),
        ("UPDATE container SET balance_mg = balance_mg + 1", "ledger does not"),
        (
            "INSERT INTO ledger_entry SELECT gen_random_uuid(), network_id, container_id, 9,"
            " kind, amount_mg, balance_after_mg, entered_at, actor, witness, session_id,"
            " draw_id, NULL, prior_hash, hash, reason FROM ledger_entry WHERE seq = 2",
            "does not follow",
        ),
    ],
)
async def test_database_itself_refuses_even_its_owner(clinic: Clinic, sql: str, said: str) -> None:
    await clinic.dosed()
    admin = await asyncpg.connect(clinic.service.database.admin_url)
    try:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match=said):
            await admin.execute(sql)
    finally:
        await admin.close()
