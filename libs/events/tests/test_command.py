import json
import shutil
from pathlib import Path

import pytest
from kairos_events.__main__ import main
from kairos_events.contract_files import packaged
from kairos_events.history import History
from kairos_events.problem import Problem
from kairos_events.registry import events


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the contract files, outside of any repository."""
    for folder in (packaged().schemas, packaged().examples, packaged().readers):
        shutil.copytree(folder, tmp_path / folder.name)
    return tmp_path


def check(root: Path) -> int:
    return main(["--root", str(root), "check", "--catalogue", str(root / "events.md")])


def test_check_passes_on_the_packaged_contract(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(root) == 0
    assert "0 problems" in capsys.readouterr().out


def test_check_says_when_history_was_not_checked(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    check(root)

    assert "immutability was not checked" in capsys.readouterr().out


def test_check_names_what_is_wrong(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "examples" / "dosing.dose_administered.v1.json").unlink()

    assert check(root) == 1
    assert "dosing.dose_administered.v1 $ no_example" in capsys.readouterr().out


def test_check_names_an_outdated_catalogue(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "events.md").write_text("old")

    assert check(root) == 1
    assert f"{root / 'events.md'} $ outdated" in capsys.readouterr().out


def test_check_names_an_outdated_manifest_of_readers(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "readers" / "intake.json").write_text('{"readers": []}')

    assert check(root) == 1
    assert f"{root / 'readers' / 'intake.json'} $ outdated" in capsys.readouterr().out


def test_docs_writes_what_check_accepts(root: Path) -> None:
    shutil.rmtree(root / "readers")

    assert main(["--root", str(root), "docs", "--catalogue", str(root / "events.md")]) == 0
    assert json.loads((root / "asyncapi.json").read_text())["asyncapi"] == "3.0.0"
    assert check(root) == 0


def test_check_answers_programs(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "examples" / "dosing.dose_administered.v1.json").unlink()

    main(["--root", str(root), "check", "--catalogue", str(root / "events.md"), "--json"])

    answer = json.loads(capsys.readouterr().out)
    assert ("dosing.dose_administered.v1", "$") in {
        (one["event"], one["path"]) for one in answer["problems"]
    }
    assert answer["notice"] == "no git history here: immutability was not checked"


def test_bless_writes_what_is_new_and_nothing_twice(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(root / "schemas" / "dosing.dose_administered.v1")

    assert main(["--root", str(root), "bless"]) == 0
    assert capsys.readouterr().out.count("blessed dosing.dose_administered.v1") == 1
    assert main(["--root", str(root), "bless"]) == 0
    assert capsys.readouterr().out.endswith("every event is blessed\n")


def test_bless_refuses_a_history_in_which_a_blessed_file_was_changed(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(root / "schemas" / "dosing.dose_administered.v1")
    problem = Problem("git", "$", "shallow_clone: fetch the whole history first")
    monkeypatch.setattr("kairos_events.commands.bless.immutability", lambda _: History([problem]))

    assert main(["--root", str(root), "bless"]) == 1
    assert capsys.readouterr().out == f"refused: {problem}\n"
    assert not (root / "schemas" / "dosing.dose_administered.v1").exists()


def test_bless_refuses_what_may_not_follow_its_past(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = next((root / "schemas" / "dosing.dose_administered.v1").iterdir())
    path.write_text(path.read_text().replace("clearance_version", "clearance"))

    assert main(["--root", str(root), "bless"]) == 1
    assert "refused: dosing.dose_administered.v1 $.clearance field_removed" in (
        capsys.readouterr().out
    )


def test_list_names_every_event(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(events())


def test_list_answers_programs(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(root), "list", "--json"]) == 0

    listed = {one["type"]: one for one in json.loads(capsys.readouterr().out)}
    assert listed.keys() == events().keys()
    aborted = listed["dosing.session_aborted.v1"]
    assert aborted["beside"] == "dosing.session_aborted.v2"
    assert aborted["published"] is True
    assert "scheduling.SessionAborted" in aborted["readers"]


def test_diff_says_what_changed_and_whom_it_breaks(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ["diff", "dosing.session_discharged.v1", "dosing.session_aborted.v1"]

    assert main(["--root", str(root), *told]) == 0
    said = capsys.readouterr().out
    assert "  - $.discharged_at: instant\n" in said
    assert "  + $.aborted_at: instant\n" in said
    assert "reader intake.SessionDischarged): {" in said

    assert main(["--root", str(root), *told, "--json"]) == 0
    [found] = json.loads(capsys.readouterr().out)["differences"]
    assert {"path": "$.reason", "before": None, "after": "code"} in found["changes"]
    broken = {(one["path"], one["rule"], one["reader"]) for one in found["broken_readers"]}
    assert ("$.discharged_at", "field_not_always_written", "intake.SessionDischarged") in broken


def test_diff_of_a_type_with_one_version_says_so(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--root", str(root), "diff", "dosing.session_aborted.v1"]) == 0
    assert capsys.readouterr().out == "dosing.session_aborted.v1 has one version\n"


@pytest.mark.parametrize("name", ["dosing.unheard_of.v1", "dosing.session_aborted.v1@f00d"])
def test_diff_refuses_a_version_that_does_not_exist(
    root: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--root", str(root), "diff", "dosing.session_aborted.v1", name]) == 2
    assert name in capsys.readouterr().err


@pytest.mark.parametrize("command", ["new", "bless", "check", "diff", "docs", "list"])
def test_help_names_every_command(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["--help"])

    assert done.value.code == 0
    assert command in capsys.readouterr().out
