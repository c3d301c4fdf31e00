"""Text forms shared by envelope and event data: instants, ids, URIs, in one spelling each."""

import re
from datetime import UTC, datetime
from uuid import UUID

_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[\x21-\x7e]{1,256}")


class EnvelopeError(ValueError):
    """A record that is no envelope of ours. Names the field and the rule, never the content."""

    def __init__(self, field: str, rule: str) -> None:
        """Say which field (header name, `key` or `data`) broke which rule."""
        super().__init__(f"{field}: {rule}")
        self.field = field
        self.rule = rule


def require(holds: bool, field: str, rule: str) -> None:
    """Raise `EnvelopeError` unless the rule holds."""
    if not holds:
        raise EnvelopeError(field, rule)


def absolute_uri(field: str, text: str) -> None:
    """Raise `EnvelopeError` unless the text is an absolute URI."""
    require(_URI.fullmatch(text) is not None, field, "not an absolute URI")


def canonical_uuid(field: str, text: str) -> UUID:
    """Read a UUID in its one canonical spelling (lower case, hyphens). Raises `EnvelopeError`."""
    try:
        value = UUID(text)
    except ValueError:
        raise EnvelopeError(field, "not a UUID") from None
    require(str(value) == text, field, "not a UUID in canonical form")
    return value


def instant_from(text: str) -> datetime:
    """Read an RFC 3339 instant with an offset and at most microseconds, as aware UTC.

    Raises `ValueError`, which does not repeat the text.
    """
    if _INSTANT.fullmatch(text) is None:
        raise ValueError("not an RFC 3339 instant")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("not a real instant") from None


def parse_instant(field: str, text: str) -> datetime:
    """Read the instant in an envelope field. Raises `EnvelopeError`."""
    try:
        return instant_from(text)
    except ValueError as error:
        raise EnvelopeError(field, str(error)) from None


def format_instant(moment: datetime) -> str:
    """Write an aware instant as RFC 3339 in UTC with `Z`."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
