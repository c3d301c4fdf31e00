"""Counts, discrepancies, transfers, destruction and lots, as taken and answered."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Day, ExactDecimal, Instant, PositiveDecimal
from pydantic import Field, StringConstraints

from dosing.domain.stock import Destruction, Discrepancy, Step, StepKind, Transfer
from dosing.http.schemas.zone import Zone
from dosing.store.lots import Traced

Reason = Annotated[str, StringConstraints(min_length=3, max_length=500, strip_whitespace=True)]
Counted = Annotated[ExactDecimal, Field(ge=0)]


class CountBody(Body):
    """What was counted or measured. Milligrams of base. The book is not shown before."""

    counted_mg: Counted


class DiscrepancyView(Answer):
    """A count that differs from the book, and by when it has to be told."""

    id: UUID
    site_id: UUID
    container_id: UUID
    count_id: UUID
    book_mg: ExactDecimal
    counted_mg: ExactDecimal
    discovered_by: UUID
    discovered_at: Instant
    notify_due_at: Instant = Field(description="DEA field office: within one business day")
    report_due_at: Instant = Field(description="Form 106: within 45 calendar days")

    @classmethod
    def of(cls, one: Discrepancy) -> "DiscrepancyView":
        """The view of a discrepancy."""
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class CountView(Answer):
    """The count is in the ledger; `discrepancy` is null where it agrees with the book."""

    container_id: UUID
    counted_mg: ExactDecimal
    discrepancy: DiscrepancyView | None


class DiscrepancyList(Answer):
    """Discrepancies, the newest first."""

    items: list[DiscrepancyView]


class StepBody(Body):
    """One thing that is done about a discrepancy."""

    kind: StepKind
    reason: Reason
    witness: UUID | None = Field(default=None, description="who agrees, to explain or write off")


class StepView(Answer):
    """One thing that was done about a discrepancy."""

    id: UUID
    kind: StepKind
    reason: str
    done_by: UUID
    witness: UUID | None
    done_at: Instant

    @classmethod
    def of(cls, one: Step) -> "StepView":
        """The view of a step."""
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class StockTransferBody(Body):
    """A container leaves for another site."""

    to_site_id: UUID


class TransferView(Answer):
    """A container on its way; `to_container_id` is null until it arrives."""

    id: UUID
    from_container_id: UUID
    from_site_id: UUID
    to_site_id: UUID
    amount_mg: ExactDecimal
    sent_by: UUID
    sent_at: Instant
    to_container_id: UUID | None

    @classmethod
    def of(cls, one: Transfer) -> "TransferView":
        """The view of a transfer."""
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class TransferList(Answer):
    """Transfers."""

    items: list[TransferView]


class SeenBody(Body):
    """The amount that somebody saw. Milligrams of base."""

    amount_mg: PositiveDecimal


class DestructionBody(Body):
    """Stock to be destroyed. Milligrams of base."""

    amount_mg: PositiveDecimal
    method: Code


class DestructionView(Answer):
    """Stock to be destroyed; done once two have witnessed it."""

    id: UUID
    container_id: UUID
    amount_mg: ExactDecimal
    method: Code
    asked_by: UUID
    asked_at: Instant
    witnesses: int

    @classmethod
    def of(cls, one: Destruction, witnesses: int) -> "DestructionView":
        """The view of a destruction."""
        names = [name for name in cls.model_fields if name != "witnesses"]
        return cls(**{name: getattr(one, name) for name in names}, witnesses=witnesses)


class CloseBody(Body):
    """A site's own calendar day."""

    site_id: UUID
    site_zone: Zone | None = Field(
        default=None, description="the site's own zone counts; refused where this is another"
    )
    day: Day


class Closed(Answer):
    """The books of the day are closed."""

    site_id: UUID
    day: Day


class TracedView(Answer):
    """A dose from the lot."""

    dose_id: UUID
    patient_id: UUID
    session_id: UUID
    site_id: UUID
    container_id: UUID
    amount_mg: ExactDecimal
    administered_at: Instant
    administered_by: UUID

    @classmethod
    def of(cls, one: Traced) -> "TracedView":
        """The view of a dose."""
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class Trace(Answer):
    """Everybody who got drug of a lot, and where the rest of it is."""

    containers: list[UUID]
    doses: list[TracedView]
