"""`kairos parked` runs the verb of the right service and hands on what it says, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from kairos_cli.main import app
from kairos_cli.platform import NotUp, Platform
from kairos_cli.services import SERVICES
from kairos_local.errors import CannotStart
from typer.testing import CliRunner, Result

Standing = tuple[Platform, Path]
TOPIC, KEY = "intake.events", str(uuid4())
PEOPLE = ("--actor", str(uuid4()), "--second-person", str(uuid4()))


def kairos(platform: Platform, act: str, *words: str) -> Result:
    return CliRunner().invoke(
        app, ["parked", act, *words, "--state", str(platform.state.folder)], env={"COLUMNS": "200"}
    )


@pytest.fixture
def waits(standing: Standing) -> Iterator[Platform]:
    """A platform in which one key waits in dosing and in scheduling, and another in dosing."""
    platform, folder = standing
    both, one = {"topic": TOPIC, "key": "both"}, {"topic": TOPIC, "key": KEY}
    (folder / "dosing.waits").write_text(json.dumps([both, one]))
    (folder / "scheduling.waits").write_text(json.dumps([both]))
    yield platform
    for name in ("dosing", "scheduling"):
        (folder / f"{name}.waits").unlink()


def test_list_asks_every_service(waits: Platform) -> None:
    said = kairos(waits, "list")
    assert said.exit_code == 1
    assert "dosing: 2 keys wait\n" in said.stdout
    assert "intake: 0 keys wait\n" in said.stdout
    document = json.loads(kairos(waits, "list", "--json").stdout)
    assert document["services"].keys() == set(SERVICES)
    assert [one["key"] for one in document["services"]["scheduling"]["keys"]] == ["both"]


def test_list_of_one_service_is_what_it_said(waits: Platform) -> None:
    assert kairos(waits, "list", "--service", "intake").stdout == "0 keys wait\n"
    assert kairos(waits, "list", "--service", "intake").exit_code == 0
    told = kairos(waits, "list", "--service", "dosing", "--json")
    assert [one["key"] for one in json.loads(told.stdout)["keys"]] == ["both", KEY]


@pytest.mark.parametrize("act", ["show", "release"])
def test_key_is_found_where_it_waits(waits: Platform, act: str) -> None:
    said = kairos(waits, act, TOPIC, KEY, "--json")
    assert (said.exit_code, json.loads(said.stdout)) == (
        0,
        {"act": act, "words": [TOPIC, KEY, "--json"]},
    )


def test_key_in_two_services_wants_a_name(waits: Platform) -> None:
    unclear = kairos(waits, "release", TOPIC, "both")
    assert isinstance(unclear.exception, CannotStart)
    assert "scheduling and dosing" in unclear.exception.problem
    assert "--service" in unclear.exception.advice
    assert kairos(waits, "release", TOPIC, "both", "--service", "scheduling").exit_code == 0


def test_key_that_waits_nowhere_is_refused(waits: Platform) -> None:
    unknown = kairos(waits, "release", TOPIC, "nobody")
    assert isinstance(unknown.exception, CannotStart)
    assert "no service" in unknown.exception.problem


def test_refusal_of_the_service_is_handed_on(waits: Platform) -> None:
    said = kairos(waits, "release", TOPIC, "nobody", "--service", "dosing")
    assert (said.exit_code, said.stdout) == (3, "")
    assert "nothing_parked" in said.stderr


@pytest.mark.parametrize("act", ["discard", "accept-gap"])
def test_setting_aside_hands_on_reason_and_both_people(waits: Platform, act: str) -> None:
    said = kairos(waits, act, TOPIC, KEY, "--reason", "recorded_by_hand", *PEOPLE)
    words = [TOPIC, KEY, "--reason=recorded_by_hand", *PEOPLE]
    assert json.loads(said.stdout) == {"act": act, "words": words}
    alone = kairos(waits, act, TOPIC, KEY, "--reason", "recorded_by_hand", *PEOPLE[:2])
    assert alone.exit_code == 2
    assert kairos(waits, act, TOPIC, KEY, *PEOPLE).exit_code == 2


def test_service_that_is_none_is_refused(waits: Platform) -> None:
    assert kairos(waits, "list", "--service", "kitchen").exit_code == 2


def test_verb_is_told_the_platform_s_places_and_no_secret_it_does_not_need(
    standing: Standing, waits: Platform
) -> None:
    platform, folder = standing
    kairos(waits, "list", "--service", "dosing")
    told = json.loads((folder / "dosing.parked.json").read_text())
    assert told["KAIROS_DATABASE_URL"] == platform.database_url("dosing")
    assert told["KAIROS_KAFKA_BOOTSTRAP"] == platform.bootstrap
    assert told["KAIROS_PROFILE"] == "embedded"
    assert told["KAIROS_CLOCK_FILE"] == str(platform.state.clock_file)
    assert not {"KAIROS_MIGRATION_DATABASE_URL", "KAIROS_CURSOR_KEY"} & told.keys()


def test_platform_that_is_down_says_so(platform: Platform) -> None:
    assert isinstance(kairos(platform, "list").exception, NotUp)
