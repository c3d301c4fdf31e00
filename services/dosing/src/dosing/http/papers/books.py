"""The books of controlled substances as tables: dispensing log, Form 41 and Form 106 data."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from dosing import data
from dosing.domain.ledger import Entry, EntryKind
from dosing.domain.stock import Receipt
from dosing.http.papers.table import Row, joined
from dosing.store.losses import Loss
from dosing.store.site_books import Book

_PRODUCT: Row = ("product", "substance", "ndc", "form", "strength")
_SUPPLIER: Row = ("supplier_name", "supplier_address", "supplier_dea", "invoice", "received_on")
LOG_HEAD: Row = (
    "entered_at",
    "kind",
    *_PRODUCT,
    "lot",
    "container",
    "amount_mg",
    "quantity",
    "balance_after_mg",
    "patient",
    "session",
    "actor",
    "witness",
    *_SUPPLIER,
    "reason",
)
INVENTORY_HEAD: Row = (
    *_PRODUCT,
    "lot",
    "expires_on",
    "container",
    "ownership",
    "balance_mg",
    "quantity",
    "opened_at",
)
FORM_41_HEAD: Row = (
    "destroyed_at",
    *_PRODUCT,
    "lot",
    "container",
    "amount_mg",
    "quantity",
    "method",
    "witness_1",
    "witness_2",
)
FORM_106_HEAD: Row = (
    "discovered_at",
    *_PRODUCT,
    "lot",
    "container",
    "book_mg",
    "counted_mg",
    "missing_mg",
    "missing_quantity",
    "discovered_by",
    "settled",
    "reason",
    "notify_due_at",
    "notified_at",
    "report_due_at",
    "reported_at",
)


def printed(head: Row, rows: Sequence[Row]) -> tuple[Row, Sequence[Row]]:
    """A book as it fits on paper: what a product is, and who sent it, in one column each."""
    head, rows = joined(head, rows, _PRODUCT, "product")
    return joined(head, rows, _SUPPLIER, "supplier") if "invoice" in head else (head, rows)


def dispensing_log(books: Sequence[Book], patients: Mapping[UUID, UUID]) -> list[Row]:
    """Every entry of a site in order of time (21 CFR 1304.22(a) and (c)).

    Receipts say from whom they came. `patients` are those of the sessions: a patient's name and
    address are intake's, and a member of staff's name is scheduling's, by these ids.
    """
    rows: list[tuple[str, ...]] = [
        (
            _instant(entry.at),
            entry.kind.value,
            *_product(book.container.product),
            book.container.lot,
            str(book.container.id),
            f"{entry.amount_mg:f}",
            quantity(book.container.product, entry.amount_mg),
            f"{entry.balance_after_mg:f}",
            _text(_patient(entry, patients)),
            _text(entry.session_id),
            str(entry.actor),
            _text(entry.witness),
            *_supplier(book.receipt if entry.kind is EntryKind.RECEIVE else None),
            _text(entry.reason),
        )
        for book in books
        for entry in book.entries
    ]
    return [*sorted(rows)]


def inventory(books: Sequence[Book]) -> list[Row]:
    """What is there now, container by container (21 CFR 1304.11): exact, opened ones too."""
    return [
        (
            *_product(book.container.product),
            book.container.lot,
            book.container.expires_on.isoformat(),
            str(book.container.id),
            book.container.ownership.value,
            f"{book.container.balance_mg:f}",
            quantity(book.container.product, book.container.balance_mg),
            _instant(book.container.first_drawn_at),
        )
        for book in books
        if book.container.balance_mg > 0
    ]


def form_41(books: Sequence[Book]) -> list[Row]:
    """Inventory that was destroyed; wastage of doses is none of it (DEA letter, V S21)."""
    return [
        (
            _instant(entry.at),
            *_product(book.container.product),
            book.container.lot,
            str(book.container.id),
            f"{entry.amount_mg:f}",
            quantity(book.container.product, entry.amount_mg),
            _text(entry.reason),
            str(entry.actor),
            _text(entry.witness),
        )
        for book in books
        for entry in book.entries
        if entry.kind is EntryKind.DESTROY
    ]


def form_106(losses: Sequence[Loss]) -> list[Row]:
    """What is missing and was not explained, with its clocks; filed electronically in 45 days.

    A discrepancy that nobody has settled yet may be a loss: it is here until it is explained.
    """
    return [
        (
            _instant(one.discrepancy.discovered_at),
            *_product(one.product),
            one.lot,
            str(one.discrepancy.container_id),
            f"{one.discrepancy.book_mg:f}",
            f"{one.discrepancy.counted_mg:f}",
            f"{one.missing_mg:f}",
            quantity(one.product, one.missing_mg),
            str(one.discrepancy.discovered_by),
            "open" if one.lost_at is None else "loss",
            _text(one.reason),
            _instant(one.discrepancy.notify_due_at),
            _instant(one.notified_at),
            _instant(one.discrepancy.report_due_at),
            _instant(one.reported_at),
        )
        for one in losses
    ]


def quantity(code: str, mg: Decimal) -> str:
    """An amount as the law counts it: volume of a liquid, units of what is counted."""
    product = data.product(code)
    volume = product.volume_ml(mg)
    if volume is not None:
        return f"{_short(volume)} mL"
    assert product.unit_mg is not None  # the formulary has one of the two
    return f"{_short(mg / product.unit_mg)} units"


def strength(code: str) -> str:
    """A finished form's strength, of base."""
    product = data.product(code)
    if product.concentration_mg_per_ml is not None:
        return f"{_short(product.concentration_mg_per_ml)} mg/mL"
    assert product.unit_mg is not None
    return f"{_short(product.unit_mg)} mg/unit"


def _product(code: str) -> tuple[str, ...]:
    product = data.product(code)
    return (code, product.substance, product.ndc, product.form, strength(code))


def _supplier(receipt: Receipt | None) -> tuple[str, ...]:
    if receipt is None:
        return ("",) * len(_SUPPLIER)
    return tuple(_text(getattr(receipt, name)) for name in _SUPPLIER)


def _patient(entry: Entry, patients: Mapping[UUID, UUID]) -> UUID | None:
    return None if entry.session_id is None else patients.get(entry.session_id)


def _short(amount: Decimal) -> str:
    """Without zeros at the end, and to a microlitre at the finest."""
    text = f"{amount.quantize(Decimal('0.001')):f}"
    return text.rstrip("0").rstrip(".")


def _instant(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _text(value: object) -> str:
    return "" if value is None else str(value)
