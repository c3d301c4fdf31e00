"""Orders, as taken and answered."""

from typing import Annotated, Literal
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Codes, ExactDecimal, Instant, PositiveDecimal, Route
from pydantic import Field, StringConstraints

from dosing.domain.order import Order, Unit

Reason = Annotated[str, StringConstraints(min_length=3, max_length=500, strip_whitespace=True)]


class AmountBody(Body):
    """A prescribed amount: number and unit apart, never free text."""

    value: PositiveDecimal
    unit: Unit


class WeightBody(Body):
    """The body weight the dose is worked out from."""

    kg: PositiveDecimal
    measured_at: Instant


class OrderBody(Body):
    """A dose as a prescriber states it. Amounts are of base, not of salt."""

    amount: AmountBody
    route: Route
    product: Code
    weight: WeightBody
    infusion_minutes: Annotated[int, Field(ge=1, le=600)] | None = Field(
        default=None, description="how long the whole dose runs; left out: as the protocol says"
    )
    over_65: bool = Field(
        default=False,
        description="whether the patient is 65 or older; what intake knows counts beside it",
    )
    soft_stop_reason: Reason | None = None


class OrderView(Answer):
    """An order, in milligrams, milligrams per kilogram and millilitres."""

    id: UUID
    session_id: UUID
    patient_id: UUID
    state: Literal["active", "cancelled"]
    route: Route
    product: Code
    ordered_value: ExactDecimal
    ordered_unit: Unit
    weight_kg: ExactDecimal
    weight_measured_at: Instant
    amount_mg: ExactDecimal
    amount_mg_per_kg: ExactDecimal = Field(description="of the rounded amount, to 0.001")
    volume_ml: ExactDecimal | None = Field(description="null for what is counted")
    units: int | None = Field(description="whole tablets or devices; null for what is measured")
    infusion_minutes: int | None
    iv_equivalent_mg_per_kg: ExactDecimal = Field(description="for alarms only")
    soft_stops: Codes
    soft_stop_reason: str | None
    prescribed_by: UUID
    ordered_at: Instant
    cancelled_by: UUID | None
    cancelled_at: Instant | None
    version: int

    @classmethod
    def of(cls, order: Order) -> "OrderView":
        """The view of an order."""
        return cls(
            id=order.id,
            session_id=order.session_id,
            patient_id=order.patient_id,
            state="active" if order.active else "cancelled",
            route=Route(order.route),
            product=order.product,
            ordered_value=order.value,
            ordered_unit=order.unit,
            weight_kg=order.weight.kg,
            weight_measured_at=order.weight.measured_at,
            amount_mg=order.mg,
            amount_mg_per_kg=order.mg_per_kg,
            volume_ml=order.ml,
            units=order.units,
            infusion_minutes=order.infusion_minutes,
            iv_equivalent_mg_per_kg=order.iv_equivalent_mg_per_kg,
            soft_stops=order.soft_stops,
            soft_stop_reason=order.soft_stop_reason,
            prescribed_by=order.prescribed_by,
            ordered_at=order.ordered_at,
            cancelled_by=order.cancelled_by,
            cancelled_at=order.cancelled_at,
            version=order.version,
        )
