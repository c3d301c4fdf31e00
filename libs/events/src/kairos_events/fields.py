"""Field types of the published language. Each has one spelling on the wire and a bounded size.

There is no type for free text, on purpose: events carry facts and codes with opaque ids.
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
)

from kairos_events.wire_text import instant_from

_DAY_TEXT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DECIMAL_TEXT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_DECIMAL_PATTERN = r"^-?(0|[1-9][0-9]{0,11})(\.[0-9]{0,5}[1-9])?$"
_POSITIVE_PATTERN = r"^(0\.[0-9]{0,5}[1-9]|[1-9][0-9]{0,11}(\.[0-9]{0,5}[1-9])?)$"
_MAX_DIGITS_BEFORE_POINT = 12
_MAX_DIGITS_AFTER_POINT = 40  # refuse absurd exponents before writing them out


def _decimal_text(value: object) -> str:
    """The plain digits of a decimal or its text. A JSON number has passed a float: refused."""
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError("must be finite")
        if value and value.adjusted() >= _MAX_DIGITS_BEFORE_POINT:
            raise ValueError("has too many digits")
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and exponent < -_MAX_DIGITS_AFTER_POINT:
            raise ValueError("has too many digits")
        return _trim(f"{value:f}") if value else "0"
    if isinstance(value, str) and _DECIMAL_TEXT.fullmatch(value):
        return _trim(value)
    raise ValueError("must be a decimal written as text")


def _trim(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _exact(value: object) -> Decimal:
    digits = _decimal_text(value)
    if not _DECIMAL_TEXT.fullmatch(digits):
        raise ValueError("has more than 12 digits before or 6 after the point")
    number = Decimal(digits)
    return number if number else Decimal(0)  # no negative zero


def _positive(value: Decimal) -> Decimal:
    if value <= 0:
        raise ValueError("must be above zero")
    return value


def _plain(value: Decimal) -> str:
    return f"{value:f}"


ExactDecimal = Annotated[
    Decimal,
    BeforeValidator(_exact),
    PlainSerializer(_plain, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": _DECIMAL_PATTERN}),
]
"""A decimal that never passes through a float: text on the wire, at most 12 digits before and 6
after the point, without exponent or trailing zeros."""

PositiveDecimal = Annotated[
    Decimal,
    BeforeValidator(_exact),
    AfterValidator(_positive),
    PlainSerializer(_plain, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": _POSITIVE_PATTERN}),
]
"""An `ExactDecimal` above zero."""


def _instant(value: object, info: ValidationInfo) -> object:
    """JSON has instants as text only; Python code passes a datetime, never text."""
    if info.mode == "json" and isinstance(value, str):
        return instant_from(value)
    return value


def _to_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


Instant = Annotated[AwareDatetime, BeforeValidator(_instant), AfterValidator(_to_utc)]
"""A moment: aware, kept in UTC, written as RFC 3339 with `Z`."""


def _day(value: object, info: ValidationInfo) -> object:
    """A text of digits alone would be taken for seconds since 1970."""
    if not isinstance(value, str):
        return value
    if not _DAY_TEXT.fullmatch(value):
        raise ValueError("must be written YYYY-MM-DD")
    return date.fromisoformat(value) if info.mode == "json" else value


Day = Annotated[date, BeforeValidator(_day)]
"""A calendar date, where no time of day is meant: `2026-03-01`."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
"""An open code in lower_snake_case: readers must expect new values within a version."""

Codes = Annotated[tuple[Code, ...], Field(max_length=64)]
"""A list of open codes."""

VersionTag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$")]
"""The name of a version of a document or rule set, e.g. `im-consent-3` or `2026.1`."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 digest, in lower-case hexadecimal."""

StateCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""A US state or territory, USPS two-letter code."""

ZoneName = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_+-]{1,32}(/[A-Za-z0-9_+-]{1,32}){0,2}$")
]
"""An IANA time zone name, e.g. `America/Denver`."""

Version = Annotated[int, Field(ge=1, le=2_147_483_647)]
"""A version counter: it starts at 1 and only grows."""

Minutes = Annotated[int, Field(ge=0, le=99_999)]
"""A duration in whole minutes; the bound is of the format and has no clinical meaning."""

Count = Annotated[int, Field(ge=0, le=2_147_483_647)]
"""How many; the bound is of the format."""

Reading = Annotated[int, Field(ge=0, le=999)]
"""A vital sign as a whole number; the bound is of the format and has no clinical meaning."""

Percent = Annotated[int, Field(ge=0, le=100)]
"""A share in whole percent."""

Moaas = Annotated[int, Field(ge=0, le=5)]
"""Modified Observer's Assessment of Alertness/Sedation, 0 (no response) to 5 (alert): the whole
scale, after Chernik et al. 1990."""


class Route(StrEnum):
    """How ketamine is given. Closed: a new route is a new major version of its events."""

    IV = "iv"
    IM = "im"
    SUBLINGUAL = "sublingual"
    ORAL = "oral"
    NASAL_RACEMIC = "nasal_racemic"
    NASAL_ESKETAMINE = "nasal_esketamine"
