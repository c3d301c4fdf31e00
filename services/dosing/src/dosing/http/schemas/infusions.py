"""Infusions, stops, and what was not given, as taken and answered."""

from typing import Literal
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, ExactDecimal, Instant, PositiveDecimal
from pydantic import Field

from dosing.domain.infusion import Infusion, InfusionAct, InfusionEvent
from dosing.store.notes import NotGiven
from dosing.use_cases.record_not_given import NotGivenReason


class InfusionStartBody(Body):
    """The pump is about to be started with the whole ordered dose."""

    draw_id: UUID
    started_at: Instant


class InfusionChangeBody(Body):
    """What was done at the pump."""

    kind: Literal["rate", "pause", "resume"]
    rate_ml_per_h: PositiveDecimal | None = Field(default=None, description="for a change of rate")
    volume_ml: ExactDecimal | None = Field(default=None, description="as the pump shows it")
    cause: Code
    occurred_at: Instant


class InfusionEndBody(Body):
    """The pump stands still for good."""

    kind: Literal["stop", "complete"]
    volume_ml: ExactDecimal = Field(description="as the pump shows it")
    cause: Code
    occurred_at: Instant


class InfusionEventView(Answer):
    """One line of an infusion's record; `done_by` is null where the platform acted."""

    seq: int
    kind: InfusionAct
    rate_ml_per_h: ExactDecimal | None
    volume_ml: ExactDecimal | None
    cause: Code
    done_by: UUID | None
    occurred_at: Instant
    recorded_at: Instant

    @classmethod
    def of(cls, line: InfusionEvent) -> "InfusionEventView":
        """The view of a line."""
        return cls(**{name: getattr(line, name) for name in cls.model_fields})


class InfusionView(Answer):
    """An infusion with its whole record."""

    id: UUID
    session_id: UUID
    order_id: UUID
    draw_id: UUID
    planned_mg: ExactDecimal
    planned_ml: ExactDecimal
    given_ml: ExactDecimal
    given_mg: ExactDecimal
    state: Literal["running", "paused", "over"]
    events: list[InfusionEventView]

    @classmethod
    def of(cls, one: Infusion) -> "InfusionView":
        """The view of an infusion."""
        running: Literal["running", "paused"] = "paused" if one.paused else "running"
        return cls(
            id=one.id,
            session_id=one.session_id,
            order_id=one.order_id,
            draw_id=one.draw_id,
            planned_mg=one.planned_mg,
            planned_ml=one.planned_ml,
            given_ml=one.volume_ml,
            given_mg=one.given_mg,
            state="over" if one.over else running,
            events=[InfusionEventView.of(line) for line in one.events],
        )


class InfusionList(Answer):
    """The infusions of a session, oldest first."""

    items: list[InfusionView]


class StopBody(Body):
    """Why no more drug is given."""

    reason: Code
    not_tolerated: bool = False


class Stopped(Answer):
    """No more drug is given in this session."""

    session_id: UUID
    new: bool = Field(description="false where that was so before")


class NotGivenBody(Body):
    """Ordered drug that was not given."""

    amount_mg: PositiveDecimal
    reason: NotGivenReason
    occurred_at: Instant


class NotGivenView(Answer):
    """Ordered drug that was not given."""

    id: UUID
    amount_mg: ExactDecimal
    reason: NotGivenReason
    recorded_by: UUID
    occurred_at: Instant
    recorded_at: Instant

    @classmethod
    def of(cls, one: NotGiven) -> "NotGivenView":
        """The view."""
        names = [name for name in cls.model_fields if name != "reason"]
        values = {name: getattr(one, name) for name in names}
        return cls(**values, reason=NotGivenReason(one.reason))


class NotGivenList(Answer):
    """What was ordered in a session and not given."""

    items: list[NotGivenView]
