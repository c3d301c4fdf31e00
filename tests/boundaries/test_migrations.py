"""Migrations make exactly the declared tables, and leave nobody able to see another network."""

import ast
import importlib
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
from kairos_chassis.migrations import whole
from kairos_chassis.testing.databases import Databases, ServiceDatabase
from sqlalchemy import Column, MetaData, Table, Text

from .house import SERVICES, home
from .migration_rules import faults_of_migration
from .schema_facts import (
    DERIVED,
    connected,
    differences,
    exempt_tables,
    exempt_tables_of,
    outlived_only,
    put_a_row_everywhere,
    seen,
    tables,
    unprotected,
)


@pytest.fixture(scope="module", params=SERVICES)
def service(request: pytest.FixtureRequest) -> str:
    """Each service in turn."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
async def migrated(databases: Databases, service: str) -> ServiceDatabase:
    """A fresh database, as the service's migrations leave it. To be read, not to be spoilt."""
    return await databases.make(service)


def declared_tables(service: str) -> MetaData:
    """The tables of the service and the chassis, as the code declares them."""
    own: MetaData = importlib.import_module(f"{service}.store.tables").metadata
    return whole(own)


# --- migrations against tables ----------------------------------------------------------------


async def test_migrations_make_the_declared_tables(migrated: ServiceDatabase, service: str) -> None:
    assert await differences(migrated.owner_url, declared_tables(service)) == []


async def test_column_nobody_migrated_is_noticed(migrated: ServiceDatabase, service: str) -> None:
    spoilt = declared_tables(service)
    spoilt.tables["audit_entry"].append_column(Column("mood", Text))
    Table("diary", spoilt, Column("id", Text, primary_key=True))

    found = await differences(migrated.owner_url, spoilt)

    assert len(found) == 2
    assert "mood" in "".join(found)
    assert "diary" in "".join(found)


async def test_other_type_and_nullability_are_noticed(databases: Databases) -> None:
    database = await databases.make("integration")
    async with connected(database.owner_url) as owner:
        await owner.execute("ALTER TABLE episode ALTER COLUMN route TYPE varchar(3)")
        await owner.execute("ALTER TABLE episode ALTER COLUMN due_at DROP NOT NULL")
        await owner.execute("ALTER TABLE episode DROP CONSTRAINT episode_session_id_key")

    found = await differences(database.owner_url, declared_tables("integration"))

    assert sorted(one.split("'")[1] for one in found) == [
        "add_constraint",
        "modify_nullable",
        "modify_type",
    ]


# --- row-level security -----------------------------------------------------------------------


async def test_every_table_of_a_network_is_protected(
    migrated: ServiceDatabase, service: str
) -> None:
    async with connected(migrated.admin_url) as admin:
        found = await unprotected(admin)

    assert {fault.split(":")[0] for fault in found} == exempt_tables_of(service)


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("ALTER TABLE episode DISABLE ROW LEVEL SECURITY", "not enabled"),
        ("ALTER TABLE episode NO FORCE ROW LEVEL SECURITY", "not forced"),
        ("DROP POLICY network ON episode", "no policy"),
        ("CREATE POLICY support ON episode USING (true)", "a policy for every network"),
    ],
)
async def test_unprotected_table_is_found(databases: Databases, statement: str, fault: str) -> None:
    database = await databases.make("integration")
    async with connected(database.owner_url) as owner:
        await owner.execute(statement)

        assert f"episode: {fault}" in await unprotected(owner)


async def test_rows_are_seen_in_their_network_only(databases: Databases, service: str) -> None:
    database, network = await databases.make(service), uuid4()
    async with connected(database.admin_url) as admin:
        held = [name for name in await tables(admin) if name not in exempt_tables()]
        await put_a_row_everywhere(admin, network, held)

    for url in (database.runtime_url, database.owner_url):
        async with connected(url) as role:
            for name in held:
                assert await seen(role, None, name) == 0, name
                assert await seen(role, uuid4(), name) == 0, name
                assert await seen(role, network, name) == 1, name


async def test_rows_without_protection_would_be_seen(databases: Databases) -> None:
    database, network = await databases.make("integration"), uuid4()
    async with connected(database.admin_url) as admin:
        await put_a_row_everywhere(admin, network, ["episode"])
        await admin.execute("ALTER TABLE episode DISABLE ROW LEVEL SECURITY")

    async with connected(database.runtime_url) as role:
        assert await seen(role, None, "episode") == 1


async def test_row_of_another_network_cannot_be_written(databases: Databases, service: str) -> None:
    database = await databases.make(service)
    async with connected(database.admin_url) as admin:
        held = [name for name in await tables(admin) if name not in exempt_tables()]
        await put_a_row_everywhere(admin, uuid4(), held)

    async with connected(database.runtime_url) as role:
        await role.execute("SELECT set_config('kairos.network', $1, false)", str(uuid4()))
        for name in held:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await role.execute(f'INSERT INTO "{name}" (network_id) VALUES ($1)', uuid4())


# --- the runtime role -------------------------------------------------------------------------


async def test_runtime_role_stands_above_nothing(migrated: ServiceDatabase) -> None:
    async with connected(migrated.runtime_url) as role:
        found = await role.fetchrow(
            """
            SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication,
                   EXISTS (SELECT FROM pg_class WHERE relowner = r.oid)
                   OR EXISTS (SELECT FROM pg_database WHERE datdba = r.oid)
                   OR EXISTS (SELECT FROM pg_namespace WHERE nspowner = r.oid)
                   OR EXISTS (SELECT FROM pg_proc WHERE proowner = r.oid) AS owns,
                   EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid) AS belongs,
                   has_schema_privilege('public', 'CREATE') AS creates
            FROM pg_roles r WHERE rolname = current_user
            """
        )

    assert found is not None
    assert [name for name, value in found.items() if value] == []


async def test_runtime_role_reaches_no_other_service(
    databases: Databases, migrated: ServiceDatabase, service: str
) -> None:
    for other in [name for name in SERVICES if name != service]:
        await databases.make(other)  # provisions the database named as the service
        elsewhere = urlsplit(migrated.runtime_url)._replace(path=f"/{other}").geturl()

        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(elsewhere)


async def test_audit_is_append_only_for_the_service(migrated: ServiceDatabase) -> None:
    async with connected(migrated.runtime_url) as role:
        for statement in (
            "UPDATE audit_entry SET reason = NULL",
            "DELETE FROM audit_entry",
            "TRUNCATE audit_entry",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await role.execute(statement)


async def test_no_row_of_a_network_can_be_deleted_but_what_is_derived_of_others(
    migrated: ServiceDatabase, service: str
) -> None:
    async with connected(migrated.runtime_url) as role:
        held = [name for name in await tables(role) if name not in exempt_tables()]
        deletable = [
            name
            for name in held
            if await role.fetchval("SELECT has_table_privilege($1, 'DELETE, TRUNCATE')", name)
        ]
        bound = await outlived_only(role)

    # These let go of what has outlived its use; the database itself keeps what is younger.
    outlived = set(deletable) - DERIVED.get(service, set())
    assert outlived == {"idempotency_key", "partner_token"}
    assert bound >= outlived


# --- what a migration may do ------------------------------------------------------------------


def versions(service: str) -> list[Path]:
    """The migrations of a service, oldest first."""
    return sorted((home(service) / "migrations/versions").glob("*.py"))


@pytest.mark.parametrize("service", SERVICES)
def test_later_migrations_only_add(service: str) -> None:
    faults = {
        path.name: list(faults_of_migration(path.read_text())) for path in versions(service)[1:]
    }

    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_are_one_line_of_numbers(service: str) -> None:
    names = [path.name[:4] for path in versions(service)]
    told = [ast.parse(path.read_text()) for path in versions(service)]

    assert names == [f"{number:04}" for number in range(1, len(names) + 1)]
    assert [_value(tree, "revision") for tree in told] == names
    assert [_value(tree, "down_revision") for tree in told] == [None, *names[:-1]]


def _value(tree: ast.Module, name: str) -> object:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.literal_eval(node.value)
    raise KeyError(name)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("migrations.script('DROP TABLE episode')", "drops"),
        ("migrations.script('ALTER TABLE episode DROP COLUMN route')", "drops"),
        ("op.drop_column('episode', 'route')", "drops"),
        ("migrations.script('ALTER TABLE episode RENAME TO arc')", "renames"),
        ("op.alter_column('episode', 'route', new_column_name='way')", "renames"),
        ("op.execute('ALTER TABLE episode ALTER COLUMN route TYPE varchar')", "changes a type"),
        ("op.alter_column('episode', 'route', type_=Text)", "changes a type"),
        (
            "migrations.script('ALTER TABLE a ALTER b SET NOT NULL')",
            "forbids NULL in rows that are there",
        ),
        (
            "migrations.script('CREATE TABLE a (b int); ALTER TABLE a ADD COLUMN c int NOT NULL')",
            "adds a required column without a default",
        ),
        (
            "op.add_column('a', Column('c', Integer, nullable=False))",
            "adds a required column without a default",
        ),
        ("migrations.script('DELETE FROM episode')", "deletes rows"),
        (
            "migrations.script('create index i on episode (route)')",
            "blocks writers while it builds an index: CREATE INDEX CONCURRENTLY",
        ),
        (
            "op.create_index('i', 'episode', ['route'])",
            "blocks writers while it builds an index: CREATE INDEX CONCURRENTLY",
        ),
        (
            "migrations.script('ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0)')",
            "checks every row under a lock: add it NOT VALID, validate later",
        ),
    ],
)
def test_migration_that_takes_away_is_found(code: str, fault: str) -> None:
    assert list(faults_of_migration(code)) == [fault]
    assert list(faults_of_migration(f"contract = 'unread since 1.4'\n{code}")) == []


@pytest.mark.parametrize(
    "code",
    [
        "migrations.script('CREATE TABLE a (b int NOT NULL); CREATE INDEX i ON a (b);')",
        "migrations.script('ALTER TABLE a ADD COLUMN c int')",
        "migrations.script('ALTER TABLE a ADD COLUMN c int NOT NULL DEFAULT 0, ADD d text')",
        "migrations.script('ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0) NOT VALID')",
        "migrations.script('ALTER TABLE a ALTER b DROP NOT NULL')",
        "op.execute('CREATE UNIQUE INDEX CONCURRENTLY i ON episode (route)')",
        "op.add_column('a', Column('c', Integer, nullable=False, server_default='0'))",
        "'''Nothing is dropped: DROP TABLE stands here in prose.'''",
    ],
)
def test_migration_that_adds_is_let_through(code: str) -> None:
    assert list(faults_of_migration(code)) == []
