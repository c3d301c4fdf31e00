"""Clearances on the wire."""

from datetime import datetime
from uuid import UUID

from kairos_chassis.http.schemas import Answer
from kairos_events.fields import Instant, Route
from pydantic import Field

from scheduling.domain.clearance import Clearance


class ClearanceNote(Answer):
    """Which clearance a visit relies on, and how fresh the knowledge of it is."""

    version: int
    changed_at: Instant
    age_seconds: int = Field(description="since intake changed it")
    as_of: Instant | None = Field(
        description="everything intake had committed by then is known here; null: not heard of yet"
    )

    @classmethod
    def of(cls, known: Clearance, as_of: datetime | None, now: datetime) -> "ClearanceNote":
        """The note on a clearance."""
        return cls(
            version=known.version,
            changed_at=known.changed_at,
            age_seconds=max(0, int((now - known.changed_at).total_seconds())),
            as_of=as_of,
        )


class RouteClearanceView(Answer):
    """Whether a patient may be dosed by a route."""

    route: Route
    cleared: bool
    reasons: list[str]
    expires_at: Instant | None


class ClearanceView(ClearanceNote):
    """A patient's clearance, as this service knows it."""

    patient_id: UUID
    routes: list[RouteClearanceView]
