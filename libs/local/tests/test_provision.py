"""A service's role reaches its own database and owns nothing in it."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from kairos_local.errors import CannotStart
from kairos_local.postgres import LocalPostgres, provision
from kairos_local.postgres.scram import scram_verifier


@pytest.fixture(scope="module")
async def two(postgres: LocalPostgres) -> LocalPostgres:
    for service in ("alpha", "beta"):
        await provision(postgres.admin_url, service, f"{service}-owner-pw", f"{service}-pw")
    return postgres


async def run(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def test_the_owner_makes_tables_and_extensions(two: LocalPostgres) -> None:
    url = two.url("alpha", "alpha_owner", "alpha-owner-pw")
    await run(url, "CREATE EXTENSION btree_gist; CREATE TABLE t (id int)")
    await run(url, "GRANT SELECT ON t TO alpha")
    await run(two.url("alpha", "alpha", "alpha-pw"), "SELECT id FROM t")


async def test_the_runtime_role_makes_no_tables(two: LocalPostgres) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await run(two.url("beta", "beta", "beta-pw"), "CREATE TABLE t (id int)")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await run(two.url("beta", "beta", "beta-pw"), "CREATE TEMP TABLE t (id int)")


@pytest.mark.parametrize("database", ["beta", "postgres", "template1"])
@pytest.mark.parametrize("role", ["alpha", "alpha_owner"])
async def test_a_role_connects_to_no_other_database(
    two: LocalPostgres, database: str, role: str
) -> None:
    password = "alpha-pw" if role == "alpha" else "alpha-owner-pw"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(two.url(database, role, password))


async def test_the_runtime_role_is_bound_by_row_level_security(two: LocalPostgres) -> None:
    connection = await asyncpg.connect(two.admin_url)
    try:
        rights = await connection.fetchrow(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb "
            "FROM pg_roles WHERE rolname = 'alpha'"
        )
    finally:
        await connection.close()
    assert rights is not None
    assert not any(rights)


async def test_a_role_above_the_rules_is_refused(two: LocalPostgres) -> None:
    await run(two.admin_url, "CREATE ROLE gamma BYPASSRLS")
    with pytest.raises(CannotStart, match="row-level security"):
        await provision(two.admin_url, "gamma", "a", "b")


async def test_repeating_keeps_the_data_and_sets_the_password(two: LocalPostgres) -> None:
    owner = two.url("beta", "beta_owner", "beta-owner-pw")
    await run(owner, "CREATE TABLE kept (id int)")
    await provision(two.admin_url, "beta", "beta-owner-pw", "new-pw")
    await run(owner, "SELECT id FROM kept")
    await run(two.url("beta", "beta", "new-pw"), "SELECT 1")
    await provision(two.admin_url, "beta", "beta-owner-pw", "beta-pw")


async def test_parallel_provisioning_is_safe(postgres: LocalPostgres) -> None:
    await asyncio.gather(*(provision(postgres.admin_url, "delta", "o", "r") for _ in range(4)))
    await run(postgres.url("delta", "delta", "r"), "SELECT 1")


async def test_an_admin_without_superuser_can_provision(postgres: LocalPostgres) -> None:
    await run(
        postgres.admin_url,
        "CREATE ROLE hired LOGIN CREATEDB CREATEROLE PASSWORD 'pw';"
        "GRANT CONNECT ON DATABASE postgres TO hired",
    )
    await provision(postgres.url("postgres", "hired", "pw"), "epsilon", "o", "r")
    await run(postgres.url("epsilon", "epsilon_owner", "o"), "CREATE TABLE t (id int)")
    await run(postgres.url("epsilon", "epsilon", "r"), "SELECT 1")


@pytest.mark.parametrize("name", ["", "Intake", "a-b", "x; DROP DATABASE y", "1a"])
async def test_a_name_that_is_no_services_is_refused(postgres: LocalPostgres, name: str) -> None:
    with pytest.raises(ValueError, match="lower-case"):
        await provision(postgres.admin_url, name, "o", "r")


def test_a_password_outside_ascii_is_refused() -> None:
    with pytest.raises(ValueError, match="ASCII"):
        scram_verifier("pässword")
