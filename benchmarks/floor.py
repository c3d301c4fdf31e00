"""The floor: what a bare uvicorn and the bare driver need for the same rows.

`python -m benchmarks.floor`. Raw ASGI, no framework, no authentication, no row-level security, no
logs; the body is parsed and its values converted, then everything is written by one statement in
its own transaction. FLOOR_ROWS=three leaves out the outbox counter and the audit row.
"""

import asyncio
import hashlib
import os
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import uvicorn
from kairos_chassis.bus.tables import shard_of
from kairos_events.integration import TherapySessionRecordedV1
from kairos_events.uuid7 import uuid7

POOL_SIZE = 10
NETWORK = UUID("00000000-0000-7000-8000-000000000001")
SUBJECT = UUID("00000000-0000-7000-8000-000000000002")
TOPIC, TYPE = TherapySessionRecordedV1.topic, TherapySessionRecordedV1.type

_SESSION = """
session AS (INSERT INTO therapy_session (id, network_id, patient_id, episode_id, kind,
  practitioner_id, started_at, ended_at, themes, insights, commitments, recorded_at)
  VALUES ($1, $2, $3, NULL, $4, $5, $6, $7, $8, $9, $10, now())),
idem AS (INSERT INTO idempotency_key
  (network_id, subject, key, request_sha256, status, body, created_at)
  VALUES ($2, $11, $12, $13, 201, $14, now()))
"""
_OUTBOX = """
INSERT INTO outbox (topic, key, network_id, shard, sequence, event_id, type, subject, time, data,
  dataschema) SELECT $15, $16, $2, $17, {sequence}, $18, $19, $16, now(), $20, $21 {source}
"""
_COUNTER = """
counter AS (INSERT INTO outbox_key AS k (topic, key, last_sequence) VALUES ($15, $16, 1)
  ON CONFLICT (topic, key) DO UPDATE SET last_sequence = k.last_sequence + 1
  RETURNING last_sequence),
audit AS (INSERT INTO audit_entry (network_id, at, actor, actor_roles, action, purpose,
  patient_id, resource, outcome, request_id, source_address)
  VALUES ($2, now(), $11, ARRAY['therapist'], 'therapy_session.record', 'TREAT', $3,
  '/v1/therapy-sessions', 'allowed', $18, '127.0.0.1'))
"""
_SAME = f"WITH {_SESSION}, {_COUNTER} " + _OUTBOX.format(
    sequence="last_sequence", source="FROM counter"
)
# Without a counter the sequence cannot be gap-free; any unique number keeps the constraint happy.
_THREE = f"WITH {_SESSION} " + _OUTBOX.format(sequence="nextval('floor_sequence')", source="")


class Floor:
    """The ASGI application."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", sql: str) -> None:
        self._pool = pool
        self._sql = sql

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Read, convert, write, answer."""
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        key = next(value for name, value in scope["headers"] if name == b"idempotency-key")
        answer = await self._write(orjson.loads(body), key.decode(), body)
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(answer)).encode()),
        ]
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def _write(self, sent: dict[str, Any], key: str, body: bytes) -> bytes:
        session_id, patient = uuid7(), UUID(sent["patient_id"])
        practitioner = UUID(sent["practitioner_id"])
        answer = orjson.dumps({"id": session_id})
        data = orjson.dumps(
            {
                "therapy_session_id": session_id,
                "patient_id": patient,
                "episode_id": None,
                "kind": sent["kind"],
                "practitioner_id": practitioner,
                "started_at": sent["started_at"],
                "ended_at": sent["ended_at"],
            }
        )
        async with self._pool.acquire() as connection:
            await connection.execute(
                self._sql,
                session_id,
                NETWORK,
                patient,
                sent["kind"],
                practitioner,
                datetime.fromisoformat(sent["started_at"]),
                datetime.fromisoformat(sent["ended_at"]),
                sent["themes"],
                sent["insights"],
                sent["commitments"],
                SUBJECT,
                key,
                hashlib.sha256(body).digest(),
                answer,
                TOPIC,
                sent["patient_id"],
                shard_of(sent["patient_id"]),
                uuid7(),
                TYPE,
                data,
                "urn:kairos:schema:floor",
            )
        return answer


async def _no_reset(_connection: Any) -> None:
    return None


async def serve() -> None:
    """Serve until stopped."""
    async with asyncpg.create_pool(
        os.environ["FLOOR_DATABASE_URL"], min_size=1, max_size=POOL_SIZE, reset=_no_reset
    ) as pool:
        sql = _THREE if os.environ["FLOOR_ROWS"] == "three" else _SAME
        config = uvicorn.Config(
            Floor(pool, sql),
            host="127.0.0.1",
            port=int(os.environ["FLOOR_PORT"]),
            loop="uvloop",
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=20,
            limit_concurrency=1000,
            backlog=256,
        )
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve())
