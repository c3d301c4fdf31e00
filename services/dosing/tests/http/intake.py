"""A small intake: answers confirm-clearance over real HTTP as it is told to."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from kairos_chassis.clock import Clock
from kairos_chassis.http import server as http_server

CLEARED = "cleared"


@dataclass(slots=True)
class FakeIntake:
    """`mode`: cleared, not_cleared, unknown, broken, nonsense, other_patient or silent."""

    clock: Clock
    url: str = ""
    mode: str = CLEARED
    version: int = 1
    valid_for: timedelta = timedelta(seconds=10)
    extra_monitoring: list[str] = field(default_factory=lambda: ["ecg"])
    asked: list[dict[str, str]] = field(default_factory=list)

    def reset(self) -> None:
        """Say yes again."""
        self.mode, self.version, self.valid_for = CLEARED, 1, timedelta(seconds=10)
        self.extra_monitoring = ["ecg"]
        self.asked.clear()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        body = json.loads((await receive())["body"])
        self.asked.append({k.decode(): v.decode() for k, v in scope["headers"]})
        if self.mode == "silent":
            await asyncio.sleep(1)
        status, answer = self._answer(scope["path"].split("/")[3], body["route"])
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def _answer(self, patient_id: str, route: str) -> tuple[int, dict[str, Any]]:
        if self.mode == "broken":
            return 500, {"type": "urn:kairos:problem:internal_error"}
        if self.mode == "unknown":
            return 404, {"type": "urn:kairos:problem:not_found"}
        if self.mode == "nonsense":
            return 201, {"cleared": "yes"}
        if self.mode == "not_cleared":
            return 409, {
                "type": "urn:kairos:problem:not_cleared",
                "rules": ["consent_revoked"],
                "clearance_version": self.version,
            }
        now = self.clock.now()
        return 201, {
            "confirmation_id": str(uuid4()),
            "patient_id": str(uuid4()) if self.mode == "other_patient" else patient_id,
            "route": route,
            "clearance_version": self.version,
            "extra_monitoring": self.extra_monitoring,
            "confirmed_at": now.isoformat().replace("+00:00", "Z"),
            "valid_until": (now + self.valid_for).isoformat().replace("+00:00", "Z"),
        }


@asynccontextmanager
async def listening(clock: Clock) -> AsyncIterator[FakeIntake]:
    """The fake, on a free port."""
    intake = FakeIntake(clock)
    listener = http_server.bind("127.0.0.1", 0)
    port = listener.getsockname()[1]
    intake.url = f"http://127.0.0.1:{port}"
    server = http_server.make_server(intake, "127.0.0.1", port, 1)
    serving = asyncio.create_task(server.serve([listener]))
    try:
        yield intake
    finally:
        server.should_exit = True
        await serving
