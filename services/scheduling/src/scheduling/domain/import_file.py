"""A CSV file of resources: its rows, and what is wrong with each before anything is kept.

The first column, `kind`, says what a row is; the columns it needs are in `COLUMNS`. `site` and
`practitioner` name an earlier row of the file by its `key`, or an id.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time

MOST_ROWS = 2_000
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "site": ("key", "name", "zone", "state"),
    "room": ("site", "name"),
    "equipment": ("site", "equipment_kind", "name"),
    "practitioner": ("key", "id", "name", "roles"),
    "credential": (
        "practitioner",
        "credential_kind",
        "number",
        "issuer",
        "issued_on",
        "expires_on",
    ),
    "site_hours": ("site", "weekdays", "opens_at", "closes_at", "valid_from"),
    "practitioner_hours": (
        "site",
        "practitioner",
        "weekdays",
        "opens_at",
        "closes_at",
        "valid_from",
    ),
}
_DATES = ("issued_on", "expires_on", "valid_from")
_TIMES = ("opens_at", "closes_at")


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One line of the file: its number as an editor shows it, and its filled cells."""

    line: int
    kind: str
    cells: Mapping[str, str]
    problem: str | None  # a code; None for a row that can be tried


def rows_of(text: str) -> Iterator[ImportRow]:
    """The rows of a file, each judged by itself."""
    reader = csv.DictReader(io.StringIO(text), restkey="surplus", strict=True)
    for n, row in enumerate(reader, 2):
        if n > MOST_ROWS + 1:
            yield ImportRow(n, "", {}, "too_many_rows")
            return
        surplus = "surplus" in row
        cells = {
            str(name).strip(): value.strip()
            for name, value in row.items()
            if isinstance(value, str) and value.strip()
        }
        kind = cells.pop("kind", "")
        problem = "surplus_cells" if surplus else _problem(kind, cells)
        yield ImportRow(n, kind, cells, problem)


def _problem(kind: str, cells: Mapping[str, str]) -> str | None:
    needed = COLUMNS.get(kind)
    if needed is None:
        return "unknown_kind"
    if any(name not in cells for name in needed):
        return "cell_missing"
    for name in (*_DATES, *_TIMES):
        if name in cells and not _reads(name, cells[name]):
            return "cell_unreadable"
    days = cells.get("weekdays", "1").split()
    return None if all(day in "1234567" and len(day) == 1 for day in days) else "cell_unreadable"


def _reads(name: str, value: str) -> bool:
    try:
        if name in _DATES:
            date.fromisoformat(value)
        else:
            time.fromisoformat(value)
    except ValueError:
        return False
    return True
