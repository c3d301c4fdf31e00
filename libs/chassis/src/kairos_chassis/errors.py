"""What went wrong, said once: an error has a slug for machines and a kind for the edge.

A service's errors are plain exceptions with two class attributes, `slug` and `kind`; they need
not inherit from anything here. The HTTP edge maps kinds to status codes, the consumer maps them
to what happens next with an event.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Protocol, runtime_checkable


class Kind(Enum):
    """How a failure is answered: a word for the log and the HTTP status."""

    INVALID = ("invalid", 422)  # the payload breaks its schema
    MALFORMED = ("malformed", 400)  # the payload is not JSON as we accept it
    UNAUTHENTICATED = ("unauthenticated", 401)
    FORBIDDEN = ("forbidden", 403)  # the caller may not do this
    NOT_FOUND = ("not_found", 404)  # absent, or another network's: nobody can tell which
    NOT_ALLOWED = ("not_allowed", 405)  # the resource knows no such method
    CONFLICT = ("conflict", 409)  # the state does not allow it
    REFUSED = ("refused", 409)  # a safety rule refuses it; carries the rules' names
    STALE = ("stale", 412)  # If-Match names an older version
    TOO_LARGE = ("too_large", 413)
    UNSUPPORTED = ("unsupported", 415)
    UNCONDITIONAL = ("unconditional", 428)  # If-Match is missing
    TOO_MANY = ("too_many", 429)  # more requests than one client may send
    INTERNAL = ("internal", 500)
    UNAVAILABLE = ("unavailable", 503)  # try again: something this depends on is away

    @property
    def status(self) -> int:
        """HTTP status code."""
        return self.value[1]


@runtime_checkable
class KairosError(Protocol):
    """An exception that knows its slug (stable, lower_snake) and its kind."""

    slug: str
    kind: Kind


class Refusal(Exception):
    """The edge's own refusals. The message is shown to the caller: never put input into it."""

    def __init__(self, slug: str, kind: Kind, message: str) -> None:
        super().__init__(message)
        self.slug = slug
        self.kind = kind


def members_of(error: BaseException) -> Mapping[str, object]:
    """Extra members of the problem document, such as the names of failing rules.

    An error offers them in an attribute `members`; they hold codes and numbers only.
    """
    members = getattr(error, "members", {})
    return members if isinstance(members, Mapping) else {}
