"""JSON with more than one meaning is no JSON here."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kairos_chassis.errors import Kind, Refusal
from kairos_chassis.http.strict_json import DEPTH_LIMIT, check

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_ordinary_documents_pass_unchanged(value: object) -> None:
    import json

    assert check(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": 1, "a": 2}',
        b'{"b": [{"a": 1, "a": 1}]}',
        b"",
        b"{} {}",
        b'"\xff"',
        b'"a\\u0000b"',
        b'{"\\u0000": 1}',
        b'"\\\\\\u0000"',
        b'"a\x00b"',
        b"9" * 41,
        b"[" * (DEPTH_LIMIT + 1) + b"]" * (DEPTH_LIMIT + 1),
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
)
def test_ambiguous_or_boundless_documents_are_refused(body: bytes) -> None:
    with pytest.raises(Refusal) as refusal:
        check(body)
    assert refusal.value.kind is Kind.MALFORMED


def test_brackets_inside_texts_are_no_depth() -> None:
    assert check(b'{"a": "' + b"[{" * 200 + b'"}') == {"a": "[{" * 200}


def test_backslash_before_u0000_is_ordinary_text() -> None:
    assert check(b'"\\\\u0000"') == "\\u0000"


def test_depth_at_the_limit_passes() -> None:
    assert check(b"[" * DEPTH_LIMIT + b"]" * DEPTH_LIMIT)
