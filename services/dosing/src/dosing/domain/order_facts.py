"""What an order is worked out from and judged by."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from dosing.domain.exposure import History


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """A body weight and when it was measured."""

    kg: Decimal
    measured_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDose:
    """The patient's last dose anywhere in the network. Amounts None before any dose."""

    at: datetime | None = None
    local_day: date | None = None  # at the site where it was given
    iv_equivalent_mg_per_kg: Decimal | None = None
    weight_kg: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What else an order is judged by."""

    last: LastDose
    now: datetime
    history: History = field(default_factory=History)
    infusion_minutes: int | None = None  # as prescribed; None: the protocol's
    from_65: bool = False  # 65 years or older, as intake or the prescriber says
