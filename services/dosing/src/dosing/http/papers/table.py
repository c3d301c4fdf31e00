"""Rows as CSV, and as a plain printed table."""

import csv
import io
from collections.abc import Sequence

from reportlab.lib import colors
from reportlab.lib.pagesizes import landscape, letter
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

Row = Sequence[str]
_STYLES = getSampleStyleSheet()
_MARGIN = 36  # points
# A cell that a spreadsheet would take for a formula is text here.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_of(head: Row, rows: Sequence[Row]) -> bytes:
    """RFC 4180, in UTF-8."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([[_safe(cell) for cell in row] for row in rows])
    return written.getvalue().encode()


def pdf_of(title: str, lines: Sequence[str], head: Row, rows: Sequence[Row]) -> bytes:
    """A titled table over as many pages as it takes, its columns equally wide."""
    width = (landscape(letter)[0] - 2 * _MARGIN) / len(head)
    return printed(title, [*words(lines), grid(head, rows, width)], wide=True)


def joined(head: Row, rows: Sequence[Row], columns: Row, name: str) -> tuple[Row, list[Row]]:
    """The table with these neighbouring columns as one, for paper is narrow."""
    at, after = head.index(columns[0]), head.index(columns[-1]) + 1

    def one(row: Row) -> Row:
        return (*row[:at], ", ".join(cell for cell in row[at:after] if cell), *row[after:])

    return (*head[:at], name, *head[after:]), [one(row) for row in rows]


def printed(title: str, parts: Sequence[Flowable], *, wide: bool = False) -> bytes:
    """Parts one below the other."""
    written = io.BytesIO()
    size = landscape(letter) if wide else letter
    # `invariant`: the same record prints to the same bytes.
    paper = SimpleDocTemplate(
        written,
        pagesize=size,
        title=title,
        author="Kairos",
        invariant=1,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
    )
    paper.build([Paragraph(_text(title), _STYLES["Title"]), *parts])
    return written.getvalue()


def words(lines: Sequence[str]) -> list[Flowable]:
    """Lines of text, and a space below."""
    return [*(Paragraph(_text(one), _STYLES["BodyText"]) for one in lines), Spacer(1, 10)]


def heading(text: str) -> Flowable:
    """A section's title."""
    return Paragraph(_text(text), _STYLES["Heading2"])


def grid(head: Row, rows: Sequence[Row], column_width: float | None = None) -> Flowable:
    """A table that repeats its head on every page; None: its columns are as wide as they need."""
    small = _STYLES["BodyText"].clone("small", fontSize=7, leading=9)
    cells = [[Paragraph(_text(cell), small) for cell in row] for row in (head, *rows)]
    widths = None if column_width is None else [column_width] * len(head)
    table = Table(cells, repeatRows=1, colWidths=widths)
    table.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.25, colors.grey),
                ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
    )
    return table


def _text(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) and not _number(cell) else cell


def _number(cell: str) -> bool:
    return cell.lstrip("-").replace(".", "", 1).isdigit()
