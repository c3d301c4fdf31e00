"""`kairos audit` asks every service and ends as the worst of them ends."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

from kairos_cli.main import app
from kairos_cli.platform import Platform
from kairos_cli.services import SERVICES
from typer.testing import CliRunner, Result

Standing = tuple[Platform, Path]


def kairos(platform: Platform, act: str, *words: str) -> Result:
    return CliRunner().invoke(app, ["audit", act, *words, "--state", str(platform.state.folder)])


def test_verify_asks_every_service(standing: Standing) -> None:
    platform, _ = standing
    said = kairos(platform, "verify", "--json")
    assert said.exit_code == 0
    answers = json.loads(said.stdout)["services"]
    assert answers.keys() == set(SERVICES)
    assert all(one["words"] == ["verify", "--json"] for one in answers.values())


def test_one_tampered_trail_ends_with_one(standing: Standing) -> None:
    platform, folder = standing
    (folder / "dosing.tampered").touch()
    try:
        assert kairos(platform, "verify").exit_code == 1
        assert kairos(platform, "verify", "--service", "intake").exit_code == 0
    finally:
        (folder / "dosing.tampered").unlink()


def test_search_passes_on_what_is_asked(standing: Standing) -> None:
    network, patient = str(uuid4()), str(uuid4())
    words = ["--network", network, "--patient", patient, "--outcome", "refused"]
    said = kairos(standing[0], "search", *words, "--service", "intake", "--json")
    assert json.loads(said.stdout)["services"]["intake"]["words"] == [
        "search",
        f"--network={network}",
        f"--patient={patient}",
        "--outcome=refused",
        "--limit=50",
        "--json",
    ]


def test_unknown_service_is_refused(standing: Standing) -> None:
    assert kairos(standing[0], "anchor", "--service", "billing").exit_code == 2


def test_services_are_told_where_to_keep_the_heads(standing: Standing) -> None:
    platform, folder = standing
    told = json.loads((folder / "intake.serve.json").read_text())["KAIROS_AUDIT_ANCHOR_FILE"]
    assert Path(told) == platform.state.anchors / "intake.jsonl"
