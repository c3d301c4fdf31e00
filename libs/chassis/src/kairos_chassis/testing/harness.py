"""A service in a test: its real application over its real database, with a clock that stands."""

import json
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
from kairos_events.envelope import Envelope
from kairos_events.model import PublicEvent
from kairos_events.uuid7 import uuid7

from kairos_chassis import service_acts, timers
from kairos_chassis.access.cuts import Cuts
from kairos_chassis.auth import Verifier
from kairos_chassis.clock import FrozenClock
from kairos_chassis.db import Database
from kairos_chassis.edge import make_partners
from kairos_chassis.http.app import create_app
from kairos_chassis.http.call import Edge
from kairos_chassis.http.cursors import Cursors
from kairos_chassis.http.sealed_answers import AnswerSealer
from kairos_chassis.key_ring import FileKeyRing
from kairos_chassis.keys import FileKeys
from kairos_chassis.probes import Probes
from kairos_chassis.process import Runtime, Service
from kairos_chassis.testing.databases import ServiceDatabase
from kairos_chassis.testing.tokens import AUDIENCE, ISSUER, Issuer
from kairos_chassis.words import PatientSealing

CURSOR_KEY = "a test cursor key of enough length"


@dataclass(frozen=True, slots=True)
class Outboxed:
    """An event as the outbox holds it."""

    type: str
    key: str
    sequence: int
    data: dict[str, Any]


class Client(httpx.AsyncClient):
    """Sends an Idempotency-Key of its own with every unsafe request that names none."""

    async def request(self, method: Any, url: Any, **options: Any) -> httpx.Response:
        """Send a request."""
        headers = dict(options.pop("headers", None) or {})
        if str(method).upper() != "GET":
            headers.setdefault("Idempotency-Key", str(uuid.uuid4()))
        return await super().request(method, url, headers=headers, **options)


@dataclass(slots=True)
class Harness:
    """What a test holds of a running service."""

    app: Any
    db: Database
    clock: FrozenClock
    issuer: Issuer
    database: ServiceDatabase
    service: Service[Any]

    def client(
        self,
        *roles: str,
        network: UUID,
        subject: UUID | None = None,
        sites: list[str] | None = None,
        patient: UUID | None = None,
        service: str = "dosing",
        headers: Mapping[str, str] | None = None,
    ) -> Client:
        """A client of one identity. A patient's is of a patient of its own, unless one is named;
        `service` is which of ours calls, for the role of a service."""
        if patient is None and "patient" in roles:
            patient = uuid.uuid4()
        claims = self.issuer.claims(
            roles=list(roles),
            network=None if roles == ("service",) else str(network),
            sub=str(subject or uuid.uuid4()),
            sites=sites or ["*"],
            patient=None if patient is None else str(patient),
            service=service if roles == ("service",) else None,
        )
        sent = {"Authorization": f"Bearer {self.issuer.sign(claims)}", **(headers or {})}
        if roles == ("service",):
            sent["Kairos-Network"] = str(network)
        return self.raw(headers=sent)

    def raw(self, headers: Mapping[str, str] | None = None) -> Client:
        """A client that sends just these headers."""
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        return Client(transport=transport, base_url="http://service.test", headers=headers)

    async def deliver(self, event: PublicEvent, network: UUID, *, sequence: int = 1) -> None:
        """Run the service's handler of an event, in a transaction, as its consumer would."""
        subscription = self.service.handlers.find(event.type)
        assert subscription is not None, f"no handler for {event.type}"
        envelope = Envelope(
            id=uuid7(),
            type=event.type,
            source=event.source,
            time=self.clock.now(),
            subject=event.key,
            dataschema=event.dataschema,
            network=network,
            sequence=sequence,
            traceparent=None,
            tracestate=None,
            key=event.key,
            data=event.to_json(),
        )
        async with self.db.transaction(network) as tx:
            read = subscription.reader.from_json(envelope.data)
            work = subscription.handler(read, envelope, tx)
            whom = getattr(read, "patient_id", None)
            service = self.service.name
            await service_acts.of_event(tx, service, envelope, work, patient_id=whom)

    async def run_due(self) -> int:
        """Run what is due at the clock's time, until nothing is. Returns how many timers ran."""
        ran = 0
        while self.service.timers and (more := await timers.run_due(self.db, self.service.timers)):
            ran += more
        return ran

    async def outboxed(self, network: UUID) -> list[Outboxed]:
        """The public events of a network, in order."""
        rows = await self.rows("outbox", network)
        return [Outboxed(r["type"], r["key"], r["sequence"], json.loads(r["data"])) for r in rows]

    async def rows(self, table: str, network: UUID) -> list[asyncpg.Record]:
        """All rows of a network in a table, seen as the server's admin."""
        admin = await asyncpg.connect(self.database.admin_url)
        try:
            columns = {row["column_name"] for row in await admin.fetch(_COLUMNS, table)}
            order = "ORDER BY id" if "id" in columns else ""
            query = f"SELECT * FROM {table} WHERE network_id = $1 {order}"  # noqa: S608
            rows: list[asyncpg.Record] = await admin.fetch(query, network)
            return rows
        finally:
            await admin.close()


_COLUMNS = "SELECT column_name FROM information_schema.columns WHERE table_name = $1"


@asynccontextmanager
async def running(
    service: Service[Any],
    database: ServiceDatabase,
    clock: FrozenClock,
    directory: Path,
    **settings: Any,
) -> AsyncIterator[Harness]:
    """The service's application, in this process, over that database."""
    issuer = Issuer(clock, directory)
    ring_file = settings.setdefault("key_ring_file", directory / "ring.json")
    sealing = PatientSealing(FileKeyRing.make(ring_file))
    configured = service.settings(
        database_url=database.runtime_url,
        token_issuer=ISSUER,
        cursor_key=CURSOR_KEY,
        jwks_file=issuer.key_set(),
        **settings,
    )
    db = await Database.connect(database.runtime_url, clock, size=8, name="test", sealing=sealing)
    wired = await service.wire(Runtime(settings=configured, db=db, clock=clock))
    edge = Edge(
        db=db,
        verifier=Verifier(FileKeys(configured.jwks_file), ISSUER, AUDIENCE, clock, cuts=Cuts(db)),
        cursors=Cursors(CURSOR_KEY.encode()),
        body_limit_bytes=configured.body_limit_bytes,
        capabilities=wired.capabilities,
        partners=make_partners(configured, db),
        answers=AnswerSealer(CURSOR_KEY.encode()),
        care_team_required=configured.care_team_required,
    )
    app = create_app(
        service=service.name,
        summary=service.summary,
        routes=service.routes,
        deps=wired.deps,
        edge=edge,
        probes=Probes(),
    )
    try:
        yield Harness(app, db, clock, issuer, database, service)
    finally:
        for close in wired.close:
            await close()
        await db.close()
