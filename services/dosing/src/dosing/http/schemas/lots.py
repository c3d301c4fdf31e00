"""Lots out of use and their release, as taken and answered."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Instant
from pydantic import Field, StringConstraints

from dosing.domain.quarantine import Quarantine, QuarantineReason, Release
from dosing.http.schemas.drug import Lot
from dosing.http.schemas.stock import Reason


class QuarantineBody(Body):
    """A lot that must not be used."""

    product: Code
    lot: Lot
    reason: QuarantineReason


class Quarantined(Answer):
    """The lot is out of use in the whole network."""

    product: Code
    lot: str


class QuarantineView(Answer):
    """A lot and one reason for which it was put out of use."""

    id: UUID
    product: Code
    lot: str
    reason: QuarantineReason
    quarantined_by: UUID
    quarantined_at: Instant
    stands: bool = Field(description="false once two have released it")

    @classmethod
    def of(cls, one: Quarantine, *, stands: bool) -> "QuarantineView":
        """The view of a quarantine."""
        names = [name for name in cls.model_fields if name != "stands"]
        return cls(**{name: getattr(one, name) for name in names}, stands=stands)


class QuarantineList(Answer):
    """Quarantines, the newest first, at most 500."""

    items: list[QuarantineView]


class ReleaseBody(Body):
    """Why a lot may be used again."""

    reason: Reason
    recall_notice: (
        Annotated[str, StringConstraints(min_length=3, max_length=200, strip_whitespace=True)]
        | None
    ) = Field(default=None, description="the notice that withdraws a recall; needed for one")


class ReleaseView(Answer):
    """A release that was asked for; the lot stays out of use until somebody else agrees."""

    id: UUID
    quarantine_id: UUID
    reason: str
    recall_notice: str | None
    asked_by: UUID
    asked_at: Instant

    @classmethod
    def of(cls, one: Release) -> "ReleaseView":
        """The view of what was asked for."""
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class Released(Answer):
    """The quarantine has ended."""

    release_id: UUID
    usable: bool = Field(description="false where something else keeps the lot out of use")
