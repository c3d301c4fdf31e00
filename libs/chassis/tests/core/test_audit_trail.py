"""Whoever tampers with the audit trail is found out, and the first bad entry is named."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from kairos_chassis import audit
from kairos_chassis.audit_trail import anchors, merkle, store
from kairos_chassis.audit_trail.entries import FIELDS, leaf_of, seal_run
from kairos_chassis.audit_trail.seal import seal
from kairos_chassis.audit_trail.verify import Verdict, prove, verify
from kairos_chassis.audit_trail.worker import AUDIT_BROKEN, SealWorker
from kairos_chassis.clock import FrozenClock
from kairos_chassis.db import Database
from sqlalchemy.engine import make_url

from .conftest import NOON, make_database


@dataclass(slots=True)
class Trail:
    """A sealed trail of its own, and an attacker who owns the database server."""

    db: Database
    admin: "asyncpg.Connection[asyncpg.Record]"
    anchors: list[anchors.Anchor]

    async def write(self, count: int, network: UUID | None = None) -> None:
        for _ in range(count):
            async with self.db.transaction(network or uuid4(), lazily=True) as tx:
                audit.record(tx, act(), "allowed", patient_id=uuid4())

    async def seal(self) -> None:
        sealed = await seal(self.db)
        assert sealed is not None
        self.anchors.append(anchors.anchor_of("test", sealed))

    async def verify(self, *, anchored: bool = False) -> Verdict:
        return await verify(self.db, self.anchors if anchored else ())

    async def ids(self) -> list[int]:
        return [
            row["id"] for row in await self.admin.fetch("SELECT id FROM audit_entry ORDER BY id")
        ]

    async def found(self, *, anchored: bool = False) -> tuple[str, int | None]:
        fault = (await self.verify(anchored=anchored)).fault
        assert fault is not None
        return fault.kind, fault.entry_id


def act(action: str = "thing.read") -> audit.Act:
    return audit.Act(
        action=action,
        purpose="TREAT",
        resource="/v1/things",
        request_id=uuid4(),
        source_address="192.0.2.7",
        caller=None,
    )


@pytest.fixture(scope="module")
async def stage(postgres_admin_url: str) -> AsyncIterator[Trail]:
    """A database of its own: there is one chain in each."""
    url = await make_database(postgres_admin_url)
    db = await Database.connect(url, FrozenClock(NOON), size=4, name="test")
    address = make_url(postgres_admin_url).set(database=make_url(url).database)
    admin = await asyncpg.connect(address.render_as_string(hide_password=False))
    yield Trail(db, admin, [])
    await admin.close()
    await db.close()


@pytest.fixture
async def trail(stage: Trail) -> Trail:
    """Three checkpoints of three entries, by several networks."""
    await stage.admin.execute("TRUNCATE audit_entry, audit_checkpoint RESTART IDENTITY")
    await stage.admin.execute("ALTER TABLE audit_entry ALTER id SET GENERATED ALWAYS")
    made = Trail(stage.db, stage.admin, [])
    for _ in range(3):
        await made.write(3)
        await made.seal()
    return made


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(1000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to be")


async def test_untouched_trail_is_whole(trail: Trail) -> None:
    await trail.write(2)
    assert await trail.verify(anchored=True) == Verdict(
        fault=None, checkpoints=3, entries=9, unsealed=2, anchored=3
    )


@pytest.mark.parametrize("position", [0, 4, 8])
@pytest.mark.parametrize(
    "change",
    [
        "outcome = 'refused'",
        "actor = gen_random_uuid()",
        "patient_id = NULL",
        "at = at + interval '1 microsecond'",
        "reason = ''",
        "actor_roles = '{nurse}'",
        "source_address = NULL",
        "network_id = gen_random_uuid()",
    ],
)
async def test_edited_entry_is_named(trail: Trail, position: int, change: str) -> None:
    entry = (await trail.ids())[position]
    await trail.admin.execute(f"UPDATE audit_entry SET {change} WHERE id = $1", entry)
    assert await trail.found() == ("edited", entry)


@pytest.mark.parametrize("position", [0, 4, 8])
async def test_deleted_entry_is_named(trail: Trail, position: int) -> None:
    entry = (await trail.ids())[position]
    await trail.admin.execute("DELETE FROM audit_entry WHERE id = $1", entry)
    assert await trail.found() == ("deleted", entry)


@pytest.mark.parametrize("position", [0, 4])
async def test_inserted_entry_is_named(trail: Trail, position: int) -> None:
    ids = await trail.ids()
    gap = await make_a_gap(trail, ids[position])
    await copy(trail, ids[position + 2], gap)
    assert await trail.found() == ("inserted", gap)


async def make_a_gap(trail: Trail, entry: int) -> int:
    """Entry ids far enough apart to insert one before this: seal a trail with a rolled back id."""
    await trail.admin.execute("TRUNCATE audit_entry, audit_checkpoint RESTART IDENTITY")
    trail.anchors.clear()
    await trail.write(entry)
    with pytest.raises(ZeroDivisionError):
        async with trail.db.transaction(uuid4()) as tx:
            audit.record(tx, act(), "allowed")
            await tx.flush()
            raise ZeroDivisionError
    await trail.write(3)
    await trail.seal()
    return entry + 1


async def copy(trail: Trail, source: int, target: int) -> None:
    columns = ", ".join(FIELDS[1:])
    await trail.admin.execute(
        f"INSERT INTO audit_entry (id, {columns}) OVERRIDING SYSTEM VALUE"
        f" SELECT $1::bigint, {columns} FROM audit_entry WHERE id = $2",
        target,
        source,
    )


async def test_swapped_entries_are_named(trail: Trail) -> None:
    first, second = (await trail.ids())[3], (await trail.ids())[5]
    move = "UPDATE audit_entry SET id = $1 WHERE id = $2"
    await trail.admin.execute("ALTER TABLE audit_entry ALTER id SET GENERATED BY DEFAULT")
    for target, source in ((-1, first), (first, second), (second, -1)):
        await trail.admin.execute(move, target, source)
    assert await trail.found() == ("swapped", first)


async def test_cut_off_end_is_noticed_while_its_checkpoint_stands(trail: Trail) -> None:
    ids = await trail.ids()
    await trail.admin.execute("DELETE FROM audit_entry WHERE id > $1", ids[6])
    assert await trail.found() == ("deleted", ids[7])


async def test_cut_off_end_with_its_checkpoint_is_noticed_by_the_anchor(trail: Trail) -> None:
    ids = await trail.ids()
    await trail.admin.execute("DELETE FROM audit_checkpoint WHERE number = 3")
    await trail.admin.execute("DELETE FROM audit_entry WHERE id > $1", ids[5])
    assert (await trail.verify()).fault is None  # which is why there are anchors
    assert await trail.found(anchored=True) == ("truncated", ids[5] + 1)


async def test_missing_checkpoint_is_noticed(trail: Trail) -> None:
    ids = await trail.ids()
    await trail.admin.execute("DELETE FROM audit_checkpoint WHERE number = 2")
    assert await trail.found() == ("broken_chain", ids[3])


@pytest.mark.parametrize("from_checkpoint", [1, 2, 3])
async def test_log_rewritten_with_its_chain_is_noticed_by_the_anchor(
    trail: Trail, from_checkpoint: int
) -> None:
    entry = (await trail.ids())[3 * (from_checkpoint - 1) + 1]
    await trail.admin.execute(
        "UPDATE audit_entry SET actor = NULL, reason = 'x' WHERE id = $1", entry
    )
    await rewrite_chain(trail)
    assert (await trail.verify()).fault is None  # the forger has done it well
    assert await trail.found(anchored=True) == ("rewritten", entry - 1)


async def rewrite_chain(trail: Trail) -> None:
    """What an owner of the database can do: seal everything anew, as if it had always been so."""
    sealed = await trail.admin.fetch("SELECT number, sealed_at FROM audit_checkpoint ORDER BY 1")
    await trail.admin.execute("TRUNCATE audit_checkpoint")
    for row in sealed:
        async with trail.db.transaction(None) as tx:
            await store.read_all(tx)
            before = await store.last_checkpoint(tx)
            after = 0 if before is None else before.last_id
            last = await store.ceiling(tx, after, 3)
            assert last is not None
            entries = await store.entries_between(tx, after, last)
            store.save(tx, seal_run(before, entries, row["sealed_at"]))


@pytest.mark.parametrize("column", ["root", "hash", "previous"])
async def test_edited_checkpoint_is_noticed(trail: Trail, column: str) -> None:
    ids = await trail.ids()
    forged = bytes(32)
    await trail.admin.execute(f"UPDATE audit_checkpoint SET {column} = $1 WHERE number = 2", forged)
    assert await trail.found() == ("broken_chain", ids[3])


async def test_entry_edited_together_with_its_leaf_is_noticed(trail: Trail) -> None:
    ids = await trail.ids()
    await trail.admin.execute("UPDATE audit_entry SET reason = 'x' WHERE id = $1", ids[4])
    rows = await trail.admin.fetch("SELECT * FROM audit_entry WHERE id = ANY($1)", ids[3:6])
    leaves = b"".join(leaf_of(dict(row)) for row in sorted(rows, key=lambda r: r["id"]))
    await trail.admin.execute("UPDATE audit_checkpoint SET leaves = $1 WHERE number = 2", leaves)
    assert await trail.found() == ("broken_chain", ids[3])


# --- sealing in the order of ids, although commits come in another -----------------------------


async def test_no_checkpoint_passes_by_an_entry_that_is_not_committed_yet(trail: Trail) -> None:
    async with trail.db.transaction(uuid4()) as slow:
        audit.record(slow, act(), "allowed")
        await slow.flush()  # has its id; is not seen by anybody yet
        await trail.write(2)
        assert await seal(trail.db, patience_seconds=0.2) is None
        sealing = asyncio.create_task(trail.seal())
        await asyncio.sleep(0.1)
    await sealing
    ids = await trail.ids()
    verdict = await trail.verify(anchored=True)
    assert (verdict.fault, verdict.entries, verdict.unsealed) == (None, len(ids), 0)


async def test_who_does_not_wait_seals_past_an_entry(
    trail: Trail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: without the wait, an honest entry would look inserted."""

    async def nobody(_tx: Any) -> set[str]:
        return set()

    monkeypatch.setattr(store, "writers", nobody)
    async with trail.db.transaction(uuid4()) as slow:
        audit.record(slow, act(), "allowed")
        await slow.flush()
        await trail.write(1)
        await trail.seal()
    assert (await trail.found())[0] == "inserted"


async def test_many_writers_and_sealers_leave_one_whole_chain(trail: Trail) -> None:
    async def writes() -> None:
        for _ in range(30):
            async with trail.db.transaction(uuid4()) as tx:
                audit.record(tx, act(), "allowed")
                await tx.flush()
                await asyncio.sleep(0)

    async def seals(until: "asyncio.Future[Any]") -> None:
        while not until.done():
            await seal(trail.db, limit=7)

    writing = asyncio.gather(*(writes() for _ in range(2)))
    await asyncio.gather(writing, seals(writing), seals(writing))
    while await seal(trail.db):
        continue
    verdict = await trail.verify()
    assert (verdict.fault, verdict.entries, verdict.unsealed) == (None, 69, 0)


async def test_entries_of_all_networks_are_seen_by_the_sealer_alone(trail: Trail) -> None:
    async with trail.db.transaction(uuid4()) as tx:
        assert await store.count_after(tx, 0) == 0
        await store.read_all(tx)
        assert await store.count_after(tx, 0) == 9
    async with trail.db.transaction(None) as tx:  # the same connection may serve it: it is gone
        assert await store.count_after(tx, 0) == 0


async def test_service_can_add_checkpoints_and_never_change_one(trail: Trail) -> None:
    for statement in (
        "UPDATE audit_checkpoint SET hash = ''",
        "DELETE FROM audit_checkpoint",
        "TRUNCATE audit_checkpoint",
    ):
        async with trail.db.transaction(None) as tx:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await tx.connection.execute(statement)
            await tx.connection.execute("ROLLBACK; BEGIN")


# --- proofs and anchors ------------------------------------------------------------------------


@pytest.mark.parametrize("count", range(1, 18))
def test_path_leads_every_leaf_to_the_root_and_no_other(count: int) -> None:
    leaves = [merkle.leaf(bytes([number])) for number in range(count)]
    for index, one in enumerate(leaves):
        steps = merkle.path(leaves, index)
        assert merkle.follow(one, steps) == merkle.root(leaves)
        assert merkle.follow(merkle.leaf(b"other"), steps) != merkle.root(leaves)


def test_root_is_that_of_certificate_transparency() -> None:
    """Published values of RFC 9162's reference tree, for one, two and three of its leaves."""
    contents = [b"", b"\x00", b"\x10"]
    leaves = [merkle.leaf(content) for content in contents]
    assert merkle.root(leaves[:1]).hex().startswith("6e340b9cffb37a989ca544e6bb780a2c")
    assert merkle.root(leaves[:2]).hex().startswith("fac54203e7cc696cf0dfcb42c92a1d9d")
    assert merkle.root(leaves).hex().startswith("aeb6bcfe274b70a14fb067a5e5578264")


async def test_entry_can_be_proven_to_who_knows_a_root_only(trail: Trail) -> None:
    entry = (await trail.ids())[4]
    proof = await prove(trail.db, entry)
    assert proof is not None
    steps = [(step["side"], bytes.fromhex(step["hash"])) for step in proof["path"]]
    assert merkle.follow(bytes.fromhex(proof["leaf"]), steps).hex() == proof["root"]
    assert await prove(trail.db, 10**9) is None


async def test_worker_seals_and_anchors_outside(trail: Trail, tmp_path: Path) -> None:
    path = tmp_path / "anchors.jsonl"
    worker = SealWorker(trail.db, "test", path, on_stuck=lambda: None)
    await trail.write(4)
    await worker.start()
    await until(path.exists)
    await worker.check()
    await worker.stop()
    (anchor,) = anchors.read(path, "test")
    assert anchors.read(path, "other") == []
    verdict = await verify(trail.db, [anchor])
    assert (verdict.fault, verdict.anchored, verdict.unsealed) == (None, 1, 0)
    assert anchor.number == 4


async def test_worker_says_at_once_that_the_head_is_not_where_it_was(
    trail: Trail, tmp_path: Path
) -> None:
    path = tmp_path / "anchors.jsonl"
    anchors.append(path, trail.anchors[-1])
    AUDIT_BROKEN.set(0)
    seen = len(path.read_bytes())

    def grown(file: Path) -> bool:
        nonlocal seen
        before, seen = seen, len(file.read_bytes())
        return seen > before

    for tampered, broken in ((False, 0), (True, 1)):
        if tampered:
            await trail.admin.execute("DELETE FROM audit_checkpoint WHERE number = 4")
        worker = SealWorker(trail.db, "test", path, on_stuck=lambda: None)
        await worker.start()
        await trail.write(1)
        await until(lambda: grown(path))
        await worker.stop()
        assert AUDIT_BROKEN._value.get() == broken


def test_line_cut_short_by_a_crash_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "anchors.jsonl"
    first, second = (
        anchors.Anchor(service="test", number=number, last_id=3, hash="00") for number in (1, 2)
    )
    anchors.append(path, first)
    with path.open("a") as file:
        file.write('{"service": "te')
    assert anchors.read(path, "test") == [first]
    anchors.append(path, second)
    assert anchors.read(path, "test") == [first, second]


def test_file_of_something_else_is_no_anchor(tmp_path: Path) -> None:
    path = tmp_path / "anchors.jsonl"
    path.write_text('{"service": "test"}\n')
    with pytest.raises(ValueError, match="no anchor"):
        anchors.read(path, "test")
