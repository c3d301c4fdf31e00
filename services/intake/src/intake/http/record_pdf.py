"""A patient's whole record on paper: kind by kind, in words, one line a member."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer

_GAP_POINTS: Final = 4
_INDENT: Final = "&nbsp;&nbsp;&nbsp;&nbsp;"
_SHOWN: Final = 4_000  # letters of one value: a document of elsewhere may hold a scanned page


def pdf_of(record: dict[str, Any]) -> bytes:
    """The record as its export has it."""
    styles = getSampleStyleSheet()
    shown: list[Flowable] = [Paragraph("Your record", styles["Title"])]
    for kind, content in record.items():
        shown.append(Paragraph(escape(_words(kind)), styles["Heading2"]))
        entries = content if isinstance(content, list) else [content]
        if not entries:
            shown.append(Paragraph("nothing", styles["BodyText"]))
        for one in entries:
            shown.append(Paragraph("<br/>".join(_lines(one, 0)), styles["BodyText"]))
            shown.append(Spacer(0, _GAP_POINTS))
    written = BytesIO()
    SimpleDocTemplate(written, pagesize=LETTER, title="record").build(shown)
    return written.getvalue()


def _lines(value: Any, depth: int, name: str = "") -> Iterator[str]:
    """A value in words; what stands inside another is set in."""
    before = f"{_INDENT * depth}{escape(_words(name))}: " if name else _INDENT * depth
    if isinstance(value, dict) and value:
        if name:
            yield before
        for inner, one in value.items():
            yield from _lines(one, depth + bool(name), inner)
    elif isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        yield before
        for number, one in enumerate(value, start=1):
            yield from _lines(one, depth + 1, str(number))
    else:
        yield before + escape(_told(value))


def _words(name: str) -> str:
    return str(name).replace("_", " ")


def _told(value: Any) -> str:
    if value in (None, "", [], {}):
        return "not recorded"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    text = str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]} … (the rest is in the export)"
