"""An infusion: started, changed in rate, paused, resumed, stopped or run through."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from uuid import UUID

from dosing.domain.errors import ImpossibleAmount
from dosing.domain.infusion_errors import InfusionOver, InfusionPaused, InfusionRunning, RateTooHigh

_CENT = Decimal("0.01")
_MINUTES = Decimal(60)


class InfusionAct(StrEnum):
    """What is done to an infusion."""

    START = "start"
    RATE = "rate"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"  # before its end
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True, kw_only=True)
class InfusionEvent:
    """One line of its record. The volume is what the pump shows as given by then."""

    seq: int
    kind: InfusionAct
    rate_ml_per_h: Decimal | None
    volume_ml: Decimal | None
    cause: str
    done_by: UUID | None  # None where the platform stopped it
    occurred_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Infusion:
    """An ordered dose run in over time. Milligrams of base."""

    id: UUID
    command_id: UUID
    session_id: UUID
    patient_id: UUID
    order_id: UUID
    draw_id: UUID
    baseline_observation_id: UUID
    planned_mg: Decimal
    planned_ml: Decimal
    confirmation_id: UUID
    clearance_version: int
    extra_monitoring: tuple[str, ...]
    events: tuple[InfusionEvent, ...] = ()

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return bool(self.events) and self.events[-1].kind in (
            InfusionAct.STOP,
            InfusionAct.COMPLETE,
        )

    @property
    def paused(self) -> bool:
        """Whether the pump stands still but may go on."""
        moving = (InfusionAct.START, InfusionAct.PAUSE, InfusionAct.RESUME)
        latest = next((e.kind for e in reversed(self.events) if e.kind in moving), None)
        return latest is InfusionAct.PAUSE

    @property
    def volume_ml(self) -> Decimal:
        """The greatest volume that was read off the pump."""
        return max(
            (e.volume_ml for e in self.events if e.volume_ml is not None), default=Decimal(0)
        )

    @property
    def given_mg(self) -> Decimal:
        """What the volume given comes to, to 0.001; all of the plan for all of the volume."""
        share = self.planned_mg * self.volume_ml / self.planned_ml
        return share.quantize(Decimal("0.001"), ROUND_HALF_UP)

    def act(
        self,
        kind: InfusionAct,
        *,
        by: UUID | None,
        cause: str,
        occurred_at: datetime,
        now: datetime,
        rate: Decimal | None = None,
        volume: Decimal | None = None,
    ) -> "Infusion":
        """The infusion with one more line. Raises InfusionOver, InfusionPaused, InfusionRunning,
        ImpossibleAmount."""
        self._check(kind, rate, volume)
        line = InfusionEvent(
            seq=len(self.events) + 1,
            kind=kind,
            rate_ml_per_h=rate,
            volume_ml=volume,
            cause=cause,
            done_by=by,
            occurred_at=occurred_at,
            recorded_at=now,
        )
        return replace(self, events=(*self.events, line))

    def check_rate(self, rate: Decimal, minutes: int, over_max_percent: Decimal) -> None:
        """Raises RateTooHigh for one that is faster than the ordered time allows."""
        planned = self.planned_ml * _MINUTES / minutes
        if rate * 100 > planned * (100 + over_max_percent):
            raise RateTooHigh

    def _check(self, kind: InfusionAct, rate: Decimal | None, volume: Decimal | None) -> None:
        if self.over:
            raise InfusionOver
        if kind in (InfusionAct.PAUSE, InfusionAct.RATE) and self.paused:
            raise InfusionPaused
        if kind is InfusionAct.RESUME and not self.paused:
            raise InfusionRunning
        if rate is not None and rate <= 0:
            raise ImpossibleAmount
        if volume is not None and not self.volume_ml <= volume <= self.planned_ml:
            raise ImpossibleAmount


def running_mg(infusions: Iterable[Infusion], draw_id: UUID) -> Decimal:
    """What of a draw belongs to infusions that have not ended: all of their plan, whatever the pump
    shows."""
    running = (one for one in infusions if one.draw_id == draw_id and not one.over)
    return sum((one.planned_mg for one in running), Decimal(0))


def starting_rate(planned_ml: Decimal, minutes: int) -> Decimal:
    """Millilitres per hour that run the dose in over the ordered time, to 0.01."""
    return (planned_ml * _MINUTES / minutes).quantize(_CENT, ROUND_HALF_UP)
