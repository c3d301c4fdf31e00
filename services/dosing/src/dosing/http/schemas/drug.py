"""Containers, draws, checks, doses and wastes, as taken and answered."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Codes, Day, ExactDecimal, Instant, PositiveDecimal
from pydantic import Field, StringConstraints

from dosing.domain.dose import GivenDose
from dosing.domain.ledger import Container, Entry, EntryKind, Ownership
from dosing.domain.waste import Waste, WasteReason
from dosing.use_cases.receive_container import Supplier

Lot = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")]


class SupplierBody(Body):
    """From whom a container came."""

    supplier_name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    supplier_address: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    supplier_dea: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[0-9]{7}$")]
    invoice: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    received_on: Day

    def supplier(self) -> Supplier:
        """As the use case takes it."""
        return Supplier(**self.model_dump())


class ContainerBody(Body):
    """A full container as delivered. Milligrams of base."""

    site_id: UUID
    product: Code
    lot: Lot
    expires_on: Day
    amount_mg: PositiveDecimal
    ownership: Ownership = Ownership.CLINIC_STOCK
    patient_id: UUID | None = Field(default=None, description="for stock of one patient")
    supplier: SupplierBody | None = None


class ContainerView(Answer):
    """A container and what it holds."""

    id: UUID
    site_id: UUID
    product: Code
    lot: str
    expires_on: date
    balance_mg: ExactDecimal
    last_seq: int
    ownership: Ownership
    patient_id: UUID | None
    first_drawn_at: Instant | None

    @classmethod
    def of(cls, container: Container) -> "ContainerView":
        """The view of a container."""
        return cls(
            id=container.id,
            site_id=container.site_id,
            product=container.product,
            lot=container.lot,
            expires_on=container.expires_on,
            balance_mg=container.balance_mg,
            last_seq=container.last_seq,
            ownership=container.ownership,
            patient_id=container.patient_id,
            first_drawn_at=container.first_drawn_at,
        )


class ContainerPage(Answer):
    """Containers of a site in the order of their receipt."""

    items: list[ContainerView]
    next_cursor: str | None


class EntryView(Answer):
    """One line of a ledger."""

    id: UUID
    seq: int
    kind: EntryKind
    amount_mg: ExactDecimal
    balance_after_mg: ExactDecimal
    at: Instant
    actor: UUID
    witness: UUID | None
    session_id: UUID | None
    draw_id: UUID | None
    reference_id: UUID | None
    reason: str | None
    prior_hash: str
    hash: str

    @classmethod
    def of(cls, entry: Entry) -> "EntryView":
        """The view of an entry."""
        return cls(**{name: getattr(entry, name) for name in cls.model_fields})


class LedgerView(ContainerView):
    """A container with its whole ledger."""

    quarantined: bool
    chain: Literal["intact", "broken"] = Field(
        description="whether the entries are gap-free, unaltered and add up to the balance"
    )
    entries: list[EntryView]


class DrawBody(Body):
    """An amount taken from a container into a syringe. Milligrams of base."""

    container_id: UUID
    amount_mg: PositiveDecimal


class Drawn(Answer):
    """The draw is in the ledger."""

    draw_id: UUID
    container_id: UUID
    balance_mg: ExactDecimal


class CheckBody(Body):
    """What the second person read off the syringe, with the patient identified."""

    draw_id: UUID
    amount_mg: PositiveDecimal = Field(description="the dose to be given")
    volume_ml: PositiveDecimal | None = Field(
        default=None, description="for what is measured by volume"
    )
    units: Annotated[int, Field(ge=1, le=100)] | None = Field(
        default=None, description="for what is counted: tablets or devices"
    )
    patient_identified: Literal[True]


class Checked(Answer):
    """The check is kept."""

    id: UUID


class AdministrationBody(Body):
    """A dose about to be charted. Milligrams of base."""

    draw_id: UUID | None = None
    amount_mg: PositiveDecimal
    administered_at: Instant


class DoseView(Answer):
    """A dose that was given."""

    id: UUID
    session_id: UUID
    order_id: UUID
    draw_id: UUID
    amount_mg: ExactDecimal
    administered_at: Instant
    recorded_at: Instant
    administered_by: UUID
    clearance_version: int
    confirmation_id: UUID
    extra_monitoring: Codes

    @classmethod
    def of(cls, given: GivenDose) -> "DoseView":
        """The view of a dose."""
        return cls(**{name: getattr(given, name) for name in cls.model_fields})


class DoseList(Answer):
    """The doses of a session, oldest first."""

    items: list[DoseView]


class WasteBody(Body):
    """A part of a draw that is thrown away. Milligrams of base."""

    amount_mg: PositiveDecimal
    reason: WasteReason


class WitnessBody(Body):
    """What the witness saw made unusable. Milligrams of base."""

    amount_mg: PositiveDecimal


class WasteView(Answer):
    """A waste; pending until somebody else has witnessed it."""

    id: UUID
    draw_id: UUID
    container_id: UUID
    amount_mg: ExactDecimal
    reason: WasteReason
    state: Literal["pending", "witnessed"]
    requested_by: UUID
    witnessed_by: UUID | None

    @classmethod
    def of(cls, waste: Waste, *, witness: UUID | None) -> "WasteView":
        """The view of a waste."""
        return cls(
            id=waste.id,
            draw_id=waste.draw_id,
            container_id=waste.container_id,
            amount_mg=waste.amount_mg,
            reason=waste.reason,
            state="pending" if witness is None else "witnessed",
            requested_by=waste.requested_by,
            witnessed_by=witness,
        )


class ReturnBody(Body):
    """A part of an unused draw that goes back. Milligrams of base."""

    amount_mg: PositiveDecimal
