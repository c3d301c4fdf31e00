"""The platform's clock moves for everybody at once, and no service loses its token over it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
from kairos_chassis.clock import MovableClock
from kairos_cli.clock import PlatformClock
from kairos_cli.durations import parse_duration
from kairos_cli.service_tokens import refresh, token_file
from kairos_cli.state import State

CLOSE = timedelta(seconds=5)
PAST = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def state(tmp_path: Path) -> State:
    made = State(tmp_path / "state")
    made.create()
    return made


@pytest.fixture
def clock(state: State) -> PlatformClock:
    return PlatformClock(state)


def dosing_token(state: State) -> dict[str, float]:
    text = token_file(state, "dosing").read_text()
    claims: dict[str, float] = jwt.decode(text, options={"verify_signature": False})
    return claims


def test_before_the_first_move_it_is_the_machines(clock: PlatformClock) -> None:
    assert abs(clock.now() - datetime.now(UTC)) < CLOSE


def test_services_read_what_was_set(clock: PlatformClock, state: State) -> None:
    clock.set(PAST)
    assert abs(MovableClock(state.clock_file).now() - PAST) < CLOSE
    clock.advance(timedelta(minutes=20))
    assert abs(MovableClock(state.clock_file).now() - PAST - timedelta(minutes=20)) < CLOSE
    clock.reset()
    assert abs(MovableClock(state.clock_file).now() - datetime.now(UTC)) < CLOSE


def test_an_instant_without_a_zone_is_refused(clock: PlatformClock) -> None:
    with pytest.raises(ValueError, match="zone"):
        clock.set(datetime(2026, 3, 2, 9))  # noqa: DTZ001 - the mistake itself


@pytest.mark.parametrize("days", [400, -400])
def test_a_service_token_holds_before_and_after_a_move(
    clock: PlatformClock, state: State, days: int
) -> None:
    before = clock.now()
    after = clock.advance(timedelta(days=days))
    claims = dosing_token(state)
    for instant in (before, after):
        assert claims["nbf"] <= instant.timestamp() < claims["exp"]


def test_a_token_past_half_its_life_is_replaced_and_a_fresh_one_kept(
    clock: PlatformClock, state: State
) -> None:
    refresh(state, PAST)
    first = dosing_token(state)["exp"]
    refresh(state, PAST + timedelta(days=14))
    assert dosing_token(state)["exp"] == first
    refresh(state, PAST + timedelta(days=16))
    assert dosing_token(state)["exp"] > first


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("15m", 900), ("1h30m", 5400), ("2d", 172800), ("-15m", -900), ("0.5h", 1800)],
)
def test_lengths_of_time_are_read(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "15", "m", "15 m", "1h30", "1y", "--5m", "5m-"])
def test_other_text_is_no_length_of_time(text: str) -> None:
    with pytest.raises(ValueError, match="length of time"):
        parse_duration(text)
