"""`kairos replay` runs the verb of the right service as the owner of its tables."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

import pytest
from kairos_cli.main import app
from kairos_cli.platform import Platform
from typer.testing import CliRunner, Result

Standing = tuple[Platform, Path]


def kairos(standing: Standing, *words: str) -> Result:
    folder = str(standing[0].state.folder)
    return CliRunner().invoke(app, ["replay", *words, "--state", folder], env={"COLUMNS": "200"})


def test_topic_is_filled_by_the_service_that_owns_it(standing: Standing) -> None:
    actor = str(uuid4())
    said = kairos(
        standing, "topic", "dosing.telemetry", "--yes", "--actor", actor, "--reason", "broker_wiped"
    )

    assert said.exit_code == 0
    expected = ["--yes", f"--actor={actor}", "--reason=broker_wiped"]
    assert json.loads(said.stdout)["words"] == ["topic", "dosing.telemetry", *expected]
    told = json.loads((standing[1] / "dosing.replay.json").read_text())
    assert "dosing_owner" in told["KAIROS_MIGRATION_DATABASE_URL"]


def test_read_model_is_that_of_the_service_named(standing: Standing) -> None:
    said = kairos(
        standing,
        "read-model",
        "intake.events",
        "--service",
        "scheduling",
        "--key",
        "k",
        "--since",
        "2027-03-01T00:00:00Z",
    )

    assert said.exit_code == 1  # only shown
    words = ["read-model", "intake.events", "--key=k", "--since=2027-03-01T00:00:00Z"]
    assert json.loads(said.stdout)["words"] == words


@pytest.mark.parametrize(
    "words", [("topic", "nobody.events"), ("read-model", "intake.events", "--service", "nobody")]
)
def test_service_that_is_none_is_refused(standing: Standing, words: tuple[str, ...]) -> None:
    assert kairos(standing, *words).exit_code == 2


def test_other_verbs_are_not_given_the_owner(standing: Standing) -> None:
    standing[0].operate("intake", "parked", "list")

    told = json.loads((standing[1] / "intake.parked.json").read_text())
    assert "KAIROS_MIGRATION_DATABASE_URL" not in told
