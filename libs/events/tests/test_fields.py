import json
import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kairos_events.fields import Code, Day, ExactDecimal, Instant, PositiveDecimal, Route
from kairos_events.model import EventModel
from pydantic import TypeAdapter, ValidationError


class Sample(EventModel):
    exact: ExactDecimal | None = None
    positive: PositiveDecimal | None = None
    at: Instant | None = None
    on: Day | None = None
    code: Code | None = None
    route: Route | None = None


def read(**fields: object) -> Sample:
    return Sample.model_validate_json(json.dumps(fields))


def written(sample: Sample, field: str) -> Any:
    return json.loads(sample.model_dump_json())[field]


PATTERN = re.compile(TypeAdapter(ExactDecimal).json_schema()["pattern"])


@given(st.decimals(min_value=-(10**12) + 1, max_value=10**12 - 1, places=6))
def test_a_decimal_comes_back_exactly_and_in_its_one_spelling(value: Decimal) -> None:
    text = written(Sample(exact=value), "exact")

    assert Decimal(text) == value
    assert PATTERN.search(text)
    assert read(exact=text).exact == value
    assert written(read(exact=text), "exact") == text


@pytest.mark.parametrize(
    ("value", "text"),
    [("34.000", "34"), ("1E+2", "100"), ("0E-9", "0"), ("-0", "0"), ("0.000001", "0.000001")],
)
def test_equal_decimals_are_equal_text(value: str, text: str) -> None:
    assert written(Sample(exact=Decimal(value)), "exact") == text


@pytest.mark.parametrize(
    "value", [34, 34.0, True, "NaN", "1e3", " 1", "+1", "1,5", "", "\u0661", None]
)
def test_a_decimal_is_read_from_plain_text_only(value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(ExactDecimal).validate_json(json.dumps(value))


@pytest.mark.parametrize(
    "value", ["NaN", "Infinity", "1E+12", "1E+999999", "1E-7", "1E-999999", "0." + "1" * 30]
)
def test_a_decimal_that_does_not_fit_is_refused_not_rounded(value: str) -> None:
    with pytest.raises(ValidationError):
        Sample(exact=Decimal(value))


@pytest.mark.parametrize("value", [1, 1.5])
def test_a_writer_cannot_pass_a_number_for_a_decimal(value: Any) -> None:
    with pytest.raises(ValidationError):
        Sample(exact=value)


@pytest.mark.parametrize("value", ["0", "-1", "-0.5", "0.000"])
def test_a_positive_decimal_is_above_zero(value: str) -> None:
    with pytest.raises(ValidationError):
        Sample(positive=Decimal(value))


@pytest.mark.parametrize("value", ["0.000001", "0.5", "34", "999999999999.999999"])
def test_a_positive_decimal_fits_its_schema(value: str) -> None:
    pattern = TypeAdapter(PositiveDecimal).json_schema()["pattern"]

    assert re.search(pattern, written(Sample(positive=Decimal(value)), "positive"))
    assert not re.search(pattern, "0")


def test_an_instant_is_written_in_utc_with_z() -> None:
    noon = datetime(2026, 3, 5, 12, 0, 0, 250_000, tzinfo=timezone(timedelta(hours=-7)))

    assert written(Sample(at=noon), "at") == "2026-03-05T19:00:00.250000Z"
    assert read(at="2026-03-05T12:00:00-07:00").at == datetime(2026, 3, 5, 19, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-05T12:00:00",
        "2026-03-05 12:00:00Z",
        "2026-03-05",
        "2026-02-30T12:00:00Z",
        "1772727600",
        1772727600,
        1772727600.5,
        "2026-03-05T12:00:00.1234567Z",
    ],
)
def test_an_instant_is_read_from_rfc3339_with_offset_only(value: object) -> None:
    with pytest.raises(ValidationError):
        read(at=value)


@pytest.mark.parametrize("value", [datetime(2026, 3, 5), "2026-03-05T12:00:00Z"])  # noqa: DTZ001
def test_a_writer_passes_an_aware_datetime(value: Any) -> None:
    with pytest.raises(ValidationError):
        Sample(at=value)


@pytest.mark.parametrize("value", ["2026-03-05T00:00:00Z", 20260305, "20260305", "86400", "0"])
def test_a_day_is_a_calendar_date(value: object) -> None:
    assert read(on="2026-03-05").on == date(2026, 3, 5)
    with pytest.raises(ValidationError):
        read(on=value)


@pytest.mark.parametrize("value", ["", "A", "a-b", "a b", "1a", "a\n", "a" * 65, 1])
def test_a_code_is_lower_snake_case_of_bounded_length(value: object) -> None:
    assert read(code="phq9_item9").code == "phq9_item9"
    with pytest.raises(ValidationError):
        read(code=value)


def test_a_route_is_one_of_the_closed_list() -> None:
    assert read(route="im").route is Route.IM
    with pytest.raises(ValidationError):
        read(route="smoke")
