"""Stock: blind counts, discrepancies and their clocks, transfers, destruction, seals."""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from dosing.domain.ledger import digest, genesis
from dosing.operations import VERBS
from dosing.store import containers
from kairos_chassis.db import Database

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
    assert await clocks(clinic) == ["loss_notice_overdue"]


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


async def step(clinic: Clinic, discrepancy: str, kind: str, **more: str) -> Any:
    body = {"kind": kind, "reason": "as told by telephone", **more}
    return await clinic.post(clinic.ortiz, f"/v1/discrepancies/{discrepancy}/steps", body)


async def clocks(clinic: Clinic) -> list[str]:
    await clinic.due()
    signals = await clinic.service.rows("misuse_signal", clinic.network)
    return sorted(one["code"] for one in signals if one["code"] != "inventory_overdue")


@pytest.mark.parametrize(
    ("steps", "overdue"),
    [
        ([], ["loss_notice_overdue", "loss_report_overdue"]),
        (["notified"], ["loss_report_overdue"]),
        (["reported"], ["loss_notice_overdue"]),
        (["notified", "reported"], []),
        (["explained"], []),
        (["loss"], ["loss_notice_overdue", "loss_report_overdue"]),
    ],
)
async def test_each_clock_of_a_loss_runs_out_unless_it_is_stopped(
    clinic: Clinic, steps: list[str], overdue: list[str]
) -> None:
    found = (await count(clinic, "495")).json()["discrepancy"]
    for kind in steps:
        witness = {"witness": str(clinic.park)} if kind in ("explained", "loss") else {}
        assert (await step(clinic, found["id"], kind, **witness)).status_code == 201
    assert await clocks(clinic) == []
    clinic.service.clock.advance(timedelta(days=1))
    told = [one for one in overdue if "notice" in one]
    assert await clocks(clinic) == told
    clinic.service.clock.advance(timedelta(days=44))

    assert await clocks(clinic) == overdue


async def test_loss_found_on_a_friday_is_told_on_monday(clinic: Clinic) -> None:
    clinic.service.clock.advance(timedelta(days=4))

    found = (await count(clinic, "495")).json()["discrepancy"]

    assert found["notify_due_at"].startswith("2027-03-08T18")


async def test_discrepancy_that_was_settled_no_longer_keeps_the_day_open(clinic: Clinic) -> None:
    found = (await count(clinic, "495")).json()["discrepancy"]
    before = (await close(clinic)).json()["rules"]
    await step(clinic, found["id"], "explained", witness=str(clinic.park))
    await count(clinic, "495")

    assert before == ["discrepancy_open"]
    assert (await close(clinic)).status_code == 201


async def inventory(clinic: Clinic, kind: str = "initial") -> Any:
    body = {"kind": kind, "time_of_day": "opening", "taken_on": "2027-03-01"}
    return await clinic.post(clinic.ortiz, "/v1/inventories", {**body, "site_id": str(clinic.site)})


async def overdue_inventories(clinic: Clinic) -> list[str]:
    await clinic.due()
    signals = await clinic.service.rows("misuse_signal", clinic.network)
    return [
        json.loads(one["reasons"])["subject_id"]
        for one in signals
        if one["code"] == "inventory_overdue"
    ]


async def test_site_with_drug_and_no_initial_inventory_is_told_after_a_day(clinic: Clinic) -> None:
    clinic.service.clock.advance(timedelta(hours=23))
    await clinic.receive(lot="K2")  # a second container moves nothing
    assert await overdue_inventories(clinic) == []
    clinic.service.clock.advance(timedelta(hours=1))

    assert await overdue_inventories(clinic) == [str(clinic.site)]


async def test_biennial_inventory_is_due_two_years_after_the_one_before(clinic: Clinic) -> None:
    await inventory(clinic)
    clinic.service.clock.advance(timedelta(days=400))
    await inventory(clinic, "other")  # one in between is none
    clinic.service.clock.advance(timedelta(days=329))
    assert await overdue_inventories(clinic) == []
    await inventory(clinic, "biennial")
    clinic.service.clock.advance(timedelta(days=729))
    assert await overdue_inventories(clinic) == []
    clinic.service.clock.advance(timedelta(days=1))

    assert await overdue_inventories(clinic) == [str(clinic.site)]


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
    (seal,) = await clinic.service.rows("ledger_checkpoint", clinic.network)
    assert seal["entries"] == 4  # received, drawn, returned, counted
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
    await clinic.due()
    got = await clinic.post(clinic.park, receipt, {"amount_mg": "500"})
    twice = await clinic.post(clinic.park, receipt, {"amount_mg": "500"})

    assert sender.json()["type"] == "urn:kairos:problem:same_person"
    assert short.json()["type"] == "urn:kairos:problem:witness_disagrees"
    assert (got.json()["site_id"], got.json()["balance_mg"]) == (str(there), "500")
    assert twice.json()["type"] == "urn:kairos:problem:transfer_received"
    left = (await clinic.get(f"/v1/containers/{clinic.vial}")).json()
    assert (left["balance_mg"], left["entries"][-1]["reference_id"]) == ("0", sent["id"])
    assert await clocks(clinic) == ["transfer_late"]


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


@pytest.mark.parametrize("ownership", ["patient_specific_held", "patient_own"])
async def test_stock_of_one_patient_is_not_sent_to_another_site(
    clinic: Clinic, ownership: str
) -> None:
    vial = await clinic.receive(ownership=ownership, patient_id=str(clinic.patient))
    path = f"/v1/containers/{vial}/transfers"

    answer = await clinic.post(clinic.ortiz, path, {"to_site_id": str(uuid4())})

    assert answer.json()["type"] == "urn:kairos:problem:patient_specific_not_transferable"


async def test_drug_in_hand_or_of_a_quarantined_lot_is_not_sent(clinic: Clinic) -> None:
    path = f"/v1/containers/{clinic.vial}/transfers"
    await clinic.ready()
    in_hand = await clinic.post(clinic.ortiz, path, {"to_site_id": str(uuid4())})
    lot = {"product": clinic.product, "lot": "K2411", "reason": "storage"}
    await clinic.post(clinic.ortiz, "/v1/lot-quarantines", lot)
    quarantined = await clinic.post(clinic.ortiz, path, {"to_site_id": str(uuid4())})

    assert in_hand.json()["type"] == "urn:kairos:problem:container_in_use"
    assert quarantined.json()["type"] == "urn:kairos:problem:lot_quarantined"


async def test_opened_vial_is_used_on_its_last_day(clinic: Clinic) -> None:
    draw = await clinic.ready()
    await clinic.post(clinic.ortiz, f"/v1/draws/{draw}/returns", {"amount_mg": "35"})
    await clinic.cancel()
    clinic.service.clock.advance(timedelta(days=28))
    await clinic.clear(version=2)
    clinic.session = await clinic.check_in()
    await clinic.order()
    await clinic.observe()

    assert (await clinic.draw()).status_code == 201


async def test_count_tells_the_book_only_once_it_differs(clinic: Clinic) -> None:
    """Blind: neither what is asked nor an answer that agrees holds the book's amount."""
    right, wrong = await count(clinic, "500"), await count(clinic, "499")

    assert set(right.json()) == {"container_id", "counted_mg", "discrepancy"}
    assert right.json()["discrepancy"] is None
    assert wrong.json()["discrepancy"]["book_mg"] == "500"


# --- the verbs ------------------------------------------------------------------------------------


async def ledger(clinic: Clinic, act: str, root: str | None = None) -> Any:
    (verb,) = [one for one in VERBS if one.name == "ledger"]

    @asynccontextmanager
    async def connect() -> AsyncIterator[Database]:
        yield clinic.service.db

    return await verb.act(argparse.Namespace(act=act, network=clinic.network, root=root), connect)


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
            "truncated_after_3",
        ),
        (
            [
                f"DELETE FROM ledger_entry WHERE container_id = {{vial}} AND seq = {_LAST}",
                "UPDATE container SET last_seq = last_seq - 1, last_hash = (SELECT hash FROM"
                f" ledger_entry WHERE container_id = {{vial}} AND seq = {_LAST})"
                " WHERE id = {vial}",
            ],
            "truncated_since_checkpoint_after_3",
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
    assert answer.document["faults"][clinic.vial][0].endswith(fault[-2:])  # the first bad entry


async def rewrite(clinic: Clinic, since: int, reason: str) -> None:
    """Whoever knows how hashes are made writes every entry from there anew, and the head."""
    async with clinic.service.db.transaction(clinic.network) as tx:
        box = await containers.find(tx, UUID(clinic.vial))
        entries = await containers.entries_of(tx, box.id)
    prior, changes = genesis(box), []
    for one in entries:
        changed = replace(one, prior_hash=prior)
        if one.seq == since:
            changed = replace(changed, reason=reason)
        changed = replace(changed, hash=digest(changed))
        changes.append(
            f"UPDATE ledger_entry SET hash = '{changed.hash}', prior_hash = '{prior}',"
            f" reason = {'NULL' if changed.reason is None else repr(changed.reason)}"
            f" WHERE id = '{one.id}'"
        )
        prior = changed.hash
    await tamper(
        clinic, *changes, f"UPDATE container SET last_hash = '{prior}' WHERE id = {{vial}}"
    )


async def test_ledger_rewritten_as_a_whole_differs_from_its_checkpoints(clinic: Clinic) -> None:
    await ledger(clinic, "seal")
    await clinic.dosed()
    await ledger(clinic, "seal")
    await rewrite(clinic, 3, "rewritten")

    faults = (await ledger(clinic, "verify")).document["faults"]

    assert faults == {clinic.vial: ["rewritten_since_checkpoint_from_2_to_4"]}


async def test_entry_inserted_in_the_middle_is_found_where_it_stands(clinic: Clinic) -> None:
    await clinic.dosed()
    await tamper(
        clinic,
        "UPDATE ledger_entry SET seq = seq + 100 WHERE container_id = {vial} AND seq > 2",
        "INSERT INTO ledger_entry SELECT gen_random_uuid(), network_id, container_id, 3,"
        " kind, amount_mg, balance_after_mg, entered_at, actor, witness, session_id,"
        " draw_id, NULL, hash, hash, reason FROM ledger_entry"
        " WHERE container_id = {vial} AND seq = 2",
        "UPDATE ledger_entry SET seq = seq - 99 WHERE container_id = {vial} AND seq > 100",
    )

    faults = (await ledger(clinic, "verify")).document["faults"]

    assert faults[clinic.vial][0] == "entry_edited_at_3"


async def test_ledgers_and_seals_rewritten_together_lack_the_root_that_was_kept(
    clinic: Clinic,
) -> None:
    await clinic.dosed()
    kept = (await ledger(clinic, "seal")).document["root"]
    good = await ledger(clinic, "verify", root=kept)
    await tamper(
        clinic,
        "DELETE FROM ledger_checkpoint_head WHERE container_id = {vial}",
        f"DELETE FROM ledger_checkpoint WHERE network_id = '{clinic.network}'",
    )
    await rewrite(clinic, 2, "rewritten")
    await ledger(clinic, "seal")

    unaware = await ledger(clinic, "verify")
    found = await ledger(clinic, "verify", root=kept)

    assert (good.code, unaware.code, found.code) == (0, 0, 1)
    assert found.document["faults"] == {"root": ["not_of_any_checkpoint"]}


async def test_network_without_a_container_has_nothing_to_seal(clinic: Clinic) -> None:
    clinic.network = uuid4()

    assert (await ledger(clinic, "seal")).document == {"seq": None}


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
