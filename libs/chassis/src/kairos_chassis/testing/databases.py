"""Databases for tests: each service is migrated once into a template, and cloned from it."""

import asyncio
import itertools
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from kairos_local.postgres import SIDE_ROLES, provision

from kairos_chassis import migrations

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class ServiceDatabase:
    """A migrated database: the address for the runtime role, the owner's and the admin's."""

    name: str
    runtime_url: str
    owner_url: str
    admin_url: str

    def url_as(self, role: str) -> str:
        """The address for a role beside the service's own."""
        parts = urlsplit(self.runtime_url)
        _, _, rest = parts.netloc.partition(":")
        return urlunsplit(parts._replace(netloc=f"{role}:{rest}"))


@dataclass(slots=True)
class Databases:
    """Makes migrated databases on one test server."""

    admin_url: str
    _passwords: dict[str, str] = field(default_factory=dict)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def make(self, service: str) -> ServiceDatabase:
        """A fresh database of a service, as its migrations leave it."""
        async with self._lock:
            if service not in self._passwords:
                await self._make_template(service)
        name = f"{service}_{next(_numbers)}_{secrets.token_hex(3)}"
        async with self._admin() as admin:
            await admin.execute(f"CREATE DATABASE {name} TEMPLATE {service} OWNER {service}_owner")
            for role in (service, *SIDE_ROLES.get(service, ())):
                await admin.execute(f"GRANT CONNECT ON DATABASE {name} TO {role}")
        return self._describe(service, name)

    async def _make_template(self, service: str) -> None:
        password = secrets.token_hex(8)
        beside = dict.fromkeys(SIDE_ROLES.get(service, ()), password)
        await provision(self.admin_url, service, password, password, beside)
        self._passwords[service] = password
        owner = self._describe(service, service).owner_url
        await asyncio.to_thread(migrations.upgrade, service, owner, service)

    def _describe(self, service: str, name: str) -> ServiceDatabase:
        def url(role: str) -> str:
            parts = urlsplit(self.admin_url)
            host = f"{parts.hostname}:{parts.port or 5432}"
            netloc = f"{role}:{self._passwords[service]}@{host}"
            return urlunsplit((parts.scheme, netloc, f"/{name}", parts.query, ""))

        admin = urlsplit(self.admin_url)._replace(path=f"/{name}")
        return ServiceDatabase(name, url(service), url(f"{service}_owner"), urlunsplit(admin))

    @asynccontextmanager
    async def _admin(self) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
        admin = await asyncpg.connect(self.admin_url)
        try:
            yield admin
        finally:
            await admin.close()
