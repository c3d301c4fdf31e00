"""The books of controlled substances as tables: dispensing log, Form 41 and Form 106 data."""

from collections.abc import Sequence

from dosing.domain.ledger import EntryKind
from dosing.domain.stock import Discrepancy
from dosing.http.papers.table import Row
from dosing.store.site_books import Book

LOG_HEAD: Row = (
    "entered_at",
    "kind",
    "product",
    "lot",
    "container",
    "amount_mg",
    "balance_after_mg",
    "actor",
    "witness",
    "session",
    "reason",
)
INVENTORY_HEAD: Row = (
    "product",
    "lot",
    "expires_on",
    "container",
    "ownership",
    "balance_mg",
    "opened_at",
)
FORM_41_HEAD: Row = (
    "destroyed_at",
    "product",
    "lot",
    "amount_mg",
    "method",
    "witness_1",
    "witness_2",
)
FORM_106_HEAD: Row = (
    "discovered_at",
    "container",
    "book_mg",
    "counted_mg",
    "missing_mg",
    "notify_due_at",
    "report_due_at",
)


def dispensing_log(books: Sequence[Book]) -> list[Row]:
    """Every entry of a site in order of time (21 CFR 1304.22(c)).

    The patient's name and address are in intake: the session leads there.
    """
    rows: list[tuple[str, ...]] = [
        (
            f"{entry.at:%Y-%m-%dT%H:%M:%SZ}",
            entry.kind.value,
            book.container.product,
            book.container.lot,
            str(book.container.id),
            f"{entry.amount_mg:f}",
            f"{entry.balance_after_mg:f}",
            str(entry.actor),
            _text(entry.witness),
            _text(entry.session_id),
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
            book.container.product,
            book.container.lot,
            book.container.expires_on.isoformat(),
            str(book.container.id),
            book.container.ownership.value,
            f"{book.container.balance_mg:f}",
            _text(book.container.first_drawn_at),
        )
        for book in books
        if book.container.balance_mg > 0
    ]


def form_41(books: Sequence[Book]) -> list[Row]:
    """Inventory that was destroyed; wastage of doses is none of it (DEA letter, V S21)."""
    return [
        (
            f"{entry.at:%Y-%m-%dT%H:%M:%SZ}",
            book.container.product,
            book.container.lot,
            f"{entry.amount_mg:f}",
            _text(entry.reason),
            str(entry.actor),
            _text(entry.witness),
        )
        for book in books
        for entry in book.entries
        if entry.kind is EntryKind.DESTROY
    ]


def form_106(found: Sequence[Discrepancy]) -> list[Row]:
    """Discrepancies with their clocks; filed electronically within 45 days."""
    return [
        (
            f"{one.discovered_at:%Y-%m-%dT%H:%M:%SZ}",
            str(one.container_id),
            f"{one.book_mg:f}",
            f"{one.counted_mg:f}",
            f"{one.book_mg - one.counted_mg:f}",
            f"{one.notify_due_at:%Y-%m-%dT%H:%M:%SZ}",
            f"{one.report_due_at:%Y-%m-%dT%H:%M:%SZ}",
        )
        for one in found
    ]


def _text(value: object) -> str:
    return "" if value is None else str(value)
