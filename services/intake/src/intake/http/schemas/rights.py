"""Patients' rights, as asked and answered."""

from typing import Any, Literal
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Instant
from pydantic import ConfigDict, RootModel

from intake.domain.rights import RequestKind, RequestStatus, RightsRequest
from intake.http.schemas.texts import Note


class RecordExport(RootModel[dict[str, Any]]):
    """Everything intake keeps about a patient, by kind."""

    model_config = ConfigDict(frozen=True)


class RequestBody(Body):
    """What the patient asks for, in their words."""

    kind: RequestKind
    detail: Note | None = None


class SettlementBody(Body):
    """How the request was settled, and why."""

    status: Literal["done", "declined"]
    reason: Code


class HoldBody(Body):
    """Why nothing of the record may be erased."""

    reason: Code


class HoldView(Answer):
    """Whether the record is under a legal hold."""

    patient_id: UUID
    held: bool


class RequestView(Answer):
    """A request and how it was settled."""

    id: UUID
    patient_id: UUID
    kind: RequestKind
    detail: str | None
    status: RequestStatus
    requested_by: UUID
    requested_at: Instant
    settled_by: UUID | None
    settled_at: Instant | None
    settlement_reason: str | None

    @classmethod
    def of(cls, request: RightsRequest) -> "RequestView":
        """The view of a request."""
        names = cls.model_fields
        return cls(**{name: getattr(request, name) for name in names})


class RequestList(Answer):
    """All requests of a patient, by when they were made."""

    items: list[RequestView]
