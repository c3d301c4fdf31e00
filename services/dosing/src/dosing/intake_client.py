"""Asks intake, at the moment of administration, whether the patient is cleared.

Whatever is not a clear answer counts as none: the gate fails closed. The answer is never kept.
"""

from pathlib import Path
from uuid import UUID, uuid4

import httpx
import structlog
from kairos_events.fields import Code, Instant
from opentelemetry import propagate
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dosing.domain.clearance import Answer, Confirmed, NotCleared, Unreachable

_log = structlog.get_logger()
_ANSWER_LIMIT_BYTES = 65_536


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, hide_input_in_errors=True)


class _Confirmation(_Model):
    confirmation_id: UUID
    patient_id: UUID
    route: str
    clearance_version: int = Field(ge=1)
    extra_monitoring: list[Code]
    valid_until: Instant


class _Refusal(_Model):
    type: str
    rules: list[Code] = []


class TokenFile:
    """A bearer token in a file, read again whenever the file changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._token = ""

    def read(self) -> str:
        """The present token. Raises OSError if the file is gone."""
        stat = self._path.stat()
        seen = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
        if seen != self._seen:
            self._token, self._seen = self._path.read_text().strip(), seen
        return self._token


class IntakeClient:
    """Intake's confirm-clearance over HTTP. `transport` stands in for the network in tests."""

    def __init__(
        self,
        base_url: str,
        token: TokenFile,
        *,
        timeout_seconds: float,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._token = token
        self._client = httpx.AsyncClient(
            base_url=base_url,
            timeout=timeout_seconds,
            transport=transport,
            follow_redirects=False,
            trust_env=False,
        )

    async def confirm(
        self, patient_id: UUID, route: str, *, network_id: UUID, acting_for: UUID
    ) -> Answer:
        """Intake's answer now. It never raises: no usable answer is `Unreachable`."""
        try:
            response = await self._client.post(
                f"/v1/patients/{patient_id}/clearance/confirmations",
                json={"route": route},
                headers=self._headers(network_id, acting_for),
            )
            return _read(response, patient_id, route)
        except (httpx.HTTPError, OSError, ValidationError) as error:
            _log.warning("intake_unreachable", error=type(error).__name__)
            return Unreachable()

    async def close(self) -> None:
        """Close its connections."""
        await self._client.aclose()

    def _headers(self, network_id: UUID, acting_for: UUID) -> dict[str, str]:
        headers = {
            "Authorization": f"Bearer {self._token.read()}",
            "Kairos-Network": str(network_id),
            "Kairos-Acting-For": str(acting_for),
            # New for every question: an old answer must never come back.
            "Idempotency-Key": str(uuid4()),
        }
        propagate.inject(headers)
        return headers


def _read(response: httpx.Response, patient_id: UUID, route: str) -> Answer:
    if len(response.content) > _ANSWER_LIMIT_BYTES:
        return Unreachable()
    if response.status_code == 201:
        said = _Confirmation.model_validate_json(response.content)
        if (said.patient_id, said.route) != (patient_id, route):
            _log.error("intake_answered_for_another")
            return Unreachable()
        return Confirmed(
            confirmation_id=said.confirmation_id,
            version=said.clearance_version,
            extra_monitoring=tuple(said.extra_monitoring),
            valid_until=said.valid_until,
        )
    if response.status_code == 404:
        return NotCleared(reasons=("patient_unknown",))
    if response.status_code == 409:
        refused = _Refusal.model_validate_json(response.content)
        if refused.type.endswith(":not_cleared"):
            return NotCleared(reasons=tuple(refused.rules))
    _log.warning("intake_unreachable", status=response.status_code)
    return Unreachable()
