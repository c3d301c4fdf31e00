"""An inventory as it was taken (21 CFR 1304.11), as a table."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from dosing import data
from dosing.http.papers.books import quantity, strength
from dosing.http.papers.table import Row
from dosing.store.inventories import Inventory

HEAD: Row = (
    "taken_on",
    "time_of_day",
    "kind",
    "product",
    "substance",
    "ndc",
    "form",
    "strength",
    "full_container_quantity",
    "lot",
    "expires_on",
    "container",
    "opened",
    "balance_mg",
    "quantity",
    "taken_by",
)


def rows(taken: Inventory) -> list[Row]:
    """One container a line. An inventory of nothing has none: its date and time still stand."""
    return [_row(taken, line) for line in taken.lines]


def summary(taken: Inventory) -> list[str]:
    """What stands above the table, to be signed: date, opening or close, and each finished form."""
    counted = Counter(line["product"] for line in taken.lines)
    forms = [
        f"{code}: {number} containers of {quantity(code, data.product(code).container_mg)}, "
        f"in all {quantity(code, _total(taken.lines, code))}"
        for code, number in sorted(counted.items())
    ]
    return [
        f"Site {taken.site_id}. {taken.kind.capitalize()} inventory of {taken.taken_on}, "
        f"{taken.time_of_day} of business, taken by {taken.taken_by}.",
        *(forms or ["Nothing in stock."]),
        "Milligrams are of base. Signature: ______________________",
    ]


def _row(taken: Inventory, line: dict[str, Any]) -> Row:
    code = line["product"]
    product = data.product(code)
    return (
        taken.taken_on.isoformat(),
        taken.time_of_day,
        taken.kind,
        code,
        product.substance,
        product.ndc,
        product.form,
        strength(code),
        quantity(code, product.container_mg),
        line["lot"],
        line["expires_on"],
        line["container_id"],
        "yes" if line["opened"] else "no",
        line["balance_mg"],
        quantity(code, Decimal(line["balance_mg"])),
        str(taken.taken_by),
    )


def _total(lines: Sequence[dict[str, Any]], code: str) -> Decimal:
    return sum((Decimal(one["balance_mg"]) for one in lines if one["product"] == code), Decimal(0))
