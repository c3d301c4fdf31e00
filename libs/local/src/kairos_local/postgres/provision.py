"""The database and the two roles of one service."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import asyncpg

from kairos_local.errors import CannotStart
from kairos_local.postgres.scram import scram_verifier

# Roles beside a service's own, each for a part of its database that its own role cannot read.
SIDE_ROLES = {"integration": ("integration_notes",)}

_SERVICE_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
# One provisioner at a time on a server; any number no one else uses.
_LOCK = 0x6B_61_69_72_6F_73


async def provision(
    admin_url: str,
    service: str,
    owner_password: str,
    runtime_password: str,
    side_passwords: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Make database `<service>` and its roles, or bring them to this state if they exist.

    `<service>_owner` owns the database and its schema and runs the migrations. `<service>` is what
    the service runs as: it may connect to this database only and owns nothing; the migrations grant
    it the tables. The roles of `side_passwords` may connect too, and see what the migrations grant
    them. Everybody else may not even connect. Safe to repeat and to run in parallel.

    Raises ValueError for a name that is no service's, CannotStart for a role of that name that
    stands above the rules, asyncpg.PostgresError when the admin may not make roles and databases.
    """
    if not _SERVICE_NAME.fullmatch(service):
        raise ValueError("a service's name is lower-case letters, digits and underscores")
    owner = f"{service}_owner"
    admin = await asyncpg.connect(admin_url)
    try:
        await admin.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await _role(admin, owner, owner_password)
        await _role(admin, service, runtime_password)
        await _database(admin, service, owner)
        for role, password in side_passwords.items():
            await _role(admin, role, password)
            await admin.execute(f"GRANT CONNECT ON DATABASE {service} TO {role}")
        await _schema(admin_url, service, owner)
    finally:
        await admin.close()


async def _role(admin: asyncpg.Connection[asyncpg.Record], role: str, password: str) -> None:
    known = await admin.fetchrow(
        "SELECT rolsuper OR rolbypassrls AS above_rules FROM pg_roles WHERE rolname = $1", role
    )
    if known is not None and known["above_rules"]:
        raise CannotStart(
            f"The server has a role {role} that stands above row-level security.",
            "Give Kairos a server where that name is free, or take SUPERUSER and BYPASSRLS away.",
        )
    verb = "CREATE" if known is None else "ALTER"
    await admin.execute(
        f"{verb} ROLE {role} LOGIN NOCREATEDB NOCREATEROLE INHERIT "
        f"PASSWORD '{scram_verifier(password)}'"
    )


async def _database(admin: asyncpg.Connection[asyncpg.Record], service: str, owner: str) -> None:
    # An admin who is no superuser must be a member of the role it gives a database to.
    if not await admin.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"):
        await admin.execute(f"GRANT {owner} TO CURRENT_USER")
    if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", service):
        await admin.execute(f"CREATE DATABASE {service} OWNER {owner}")
    await admin.execute(f"REVOKE ALL ON DATABASE {service} FROM PUBLIC")
    await admin.execute(f"GRANT CONNECT ON DATABASE {service} TO {service}")


async def _schema(admin_url: str, service: str, owner: str) -> None:
    connection = await asyncpg.connect(admin_url, database=service)
    try:
        await connection.execute(f"ALTER SCHEMA public OWNER TO {owner}")
        await connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        await connection.execute(f"GRANT USAGE ON SCHEMA public TO {service}")
    finally:
        await connection.close()
