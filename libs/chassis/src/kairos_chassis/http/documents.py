"""Answers that are no JSON: PDF, CSV, SVG, iCalendar."""

import re
from dataclasses import dataclass

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes of an answer and the name under which a person would save it.

    The name is a code and a date, never a patient's. Raises ValueError for any other.
    """

    content: bytes
    filename: str

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.filename):
            raise ValueError("a file name is letters, digits, dots, dashes and underscores")
