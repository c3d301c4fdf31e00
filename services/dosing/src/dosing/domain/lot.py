"""Whether a container may be used, and whether an amount can be taken from it."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from dosing.domain.ledger import Container, Ownership
from dosing.domain.protocol import Product


def failing(
    container: Container, product: Product, day: date, now: datetime, *, quarantined: bool
) -> Iterator[str]:
    """Which rules keep a container's drug where it is, that day at its site."""
    if container.expires_on < day:
        yield "lot_expired"
    opened, days = container.first_drawn_at, product.beyond_use_days
    if opened is not None and days is not None and now - opened > timedelta(days=days):
        yield "beyond_use_passed"
    if quarantined:
        yield "lot_quarantined"


def ownership_failing(
    container: Container, person: Collection[UUID], site_id: UUID
) -> Iterator[str]:
    """Stock dispensed for one patient serves that patient, where it is held (clinical 5).

    `person` are all ids of the patient: it may have been dispensed under one that was merged.
    """
    if container.ownership is Ownership.CLINIC_STOCK:
        return
    if container.patient_id not in person:
        yield "stock_of_another_patient"
    if container.site_id != site_id:
        yield "patient_specific_not_transferable"


def units_failing(product: Product, amount_mg: Decimal) -> Iterator[str]:
    """Tablets and devices are given whole, and devices one at a time."""
    if not product.whole_units(amount_mg):
        yield "not_whole_units"
    elif product.single_unit and amount_mg != product.unit_mg:
        yield "one_device_at_a_time"
