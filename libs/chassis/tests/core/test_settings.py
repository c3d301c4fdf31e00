"""A process that is not rightly configured does not start."""

from pathlib import Path

import pytest
from kairos_chassis.clock import MovableClock, SystemClock
from kairos_chassis.settings import ServeSettings, Settings
from pydantic import ValidationError

URL = "postgresql://a:b@127.0.0.1/c"


def test_production_refuses_a_movable_clock(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="movable"):
        Settings(database_url=URL, clock="movable", clock_file=tmp_path / "clock")


def test_embedded_profile_may_move_its_clock(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    file.write_text('{"offset_seconds": 86400}')
    settings = Settings(database_url=URL, profile="embedded", clock="movable", clock_file=file)
    clock = settings.make_clock()
    assert isinstance(clock, MovableClock)
    ahead = (clock.now() - SystemClock().now()).total_seconds()
    assert 86_399 < ahead < 86_401


def test_a_misspelt_profile_is_no_embedded_profile() -> None:
    with pytest.raises(ValidationError):
        Settings(database_url=URL, profile="embeded")


def test_serving_needs_an_issuer_its_keys_and_a_cursor_key(tmp_path: Path) -> None:
    good = {
        "token_issuer": "https://issuer",
        "cursor_key": "x" * 32,
        "jwks_file": tmp_path,
        "key_ring_file": tmp_path / "ring.json",
    }
    assert ServeSettings(database_url=URL, **good)
    for name in good:
        with pytest.raises(ValidationError):
            ServeSettings(database_url=URL, **{k: v for k, v in good.items() if k != name})


def test_production_fetches_keys_over_https_only() -> None:
    ring = Path("ring.json")
    good = {"token_issuer": "https://issuer", "cursor_key": "x" * 32, "key_ring_file": ring}
    with pytest.raises(ValidationError, match="https"):
        ServeSettings(database_url=URL, jwks_url="http://issuer/keys", **good)
    assert ServeSettings(database_url=URL, jwks_url="https://issuer/keys", **good)


def test_secrets_are_not_shown() -> None:
    settings = Settings(database_url="postgresql://a:hunter2@127.0.0.1/c")
    assert "hunter2" not in repr(settings)


def test_one_machine_may_keep_words_plain_and_production_may_not() -> None:
    good = {"token_issuer": "https://issuer", "cursor_key": "x" * 32, "jwks_file": Path("keys")}
    assert ServeSettings(database_url=URL, profile="embedded", **good).key_ring_file is None
    with pytest.raises(ValidationError, match="KEY_RING"):
        ServeSettings(database_url=URL, **good)


def test_partners_need_the_address_their_assertions_name() -> None:
    good = {"token_issuer": "https://issuer", "cursor_key": "x" * 32, "jwks_file": Path("keys")}
    good |= {"key_ring_file": Path("ring.json"), "partners_file": Path("partners.toml")}
    with pytest.raises(ValidationError, match="PUBLIC_URL"):
        ServeSettings(database_url=URL, **good)
    assert ServeSettings(database_url=URL, public_url="https://intake.clinic.example", **good)
