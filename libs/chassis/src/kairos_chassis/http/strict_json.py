"""JSON as Kairos accepts it: one meaning only, bounded in size and depth.

The usual parsers take NaN, infinities and repeated keys. A NaN blood pressure passes every
threshold, and of two values for one key nobody knows which the sender meant. The null character
is no text anybody wrote, and PostgreSQL cannot keep it.
"""

import json
import re
from typing import Any

from kairos_chassis.errors import Kind, Refusal

DEPTH_LIMIT = 24
NUMBER_LIMIT_DIGITS = 40
_NULL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # after an even number of backslashes
_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)


class _Rejected(ValueError):
    pass


def check(body: bytes) -> Any:
    """The parsed document. Raises Refusal (400) that says what is wrong without echoing it."""
    _check_depth(body)
    if _NULL.search(body):
        raise _malformed("A text holds the null character.")
    try:
        return _DECODER.decode(body.decode("utf-8", errors="strict"))
    except _Rejected as rejected:
        raise _malformed(str(rejected)) from None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise _malformed("The body is not JSON in UTF-8.") from None


def _check_depth(body: bytes) -> None:
    if body.count(b"[") + body.count(b"{") <= DEPTH_LIMIT:
        return
    depth = 0
    for token in _STRUCTURE.finditer(body):
        char = token.group()
        if char in (b"[", b"{"):
            depth += 1
            if depth > DEPTH_LIMIT:
                raise _malformed(f"The body is nested deeper than {DEPTH_LIMIT} levels.")
        elif char in (b"]", b"}"):
            depth -= 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Rejected("A member name is repeated in one object.")
    return members


def _no_constant(_name: str) -> Any:
    raise _Rejected("NaN and infinities are not numbers here.")


def _bounded_int(text: str) -> int:
    if len(text) > NUMBER_LIMIT_DIGITS:
        raise _Rejected("A number has too many digits.")
    return int(text)


def _bounded_float(text: str) -> float:
    value = float(text)
    if len(text) > NUMBER_LIMIT_DIGITS or value in (float("inf"), float("-inf")):
        raise _Rejected("A number is out of range.")
    return value


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_constant=_no_constant,
    parse_int=_bounded_int,
    parse_float=_bounded_float,
)


def _malformed(message: str) -> Refusal:
    return Refusal("malformed_json", Kind.MALFORMED, message)
