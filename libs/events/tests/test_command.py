import shutil
from pathlib import Path

import pytest
from kairos_events.__main__ import main
from kairos_events.contract_files import packaged
from kairos_events.registry import events


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the contract files, outside of any repository."""
    for folder in (packaged().schemas, packaged().examples):
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
    assert "catalogue_outdated" in capsys.readouterr().out


def test_docs_writes_a_catalogue_that_check_accepts(root: Path) -> None:
    assert main(["docs", "--catalogue", str(root / "events.md")]) == 0
    assert check(root) == 0


def test_bless_writes_what_is_new_and_nothing_twice(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(root / "schemas" / "dosing.dose_administered.v1")

    assert main(["--root", str(root), "bless"]) == 0
    assert capsys.readouterr().out.count("blessed dosing.dose_administered.v1") == 1
    assert main(["--root", str(root), "bless"]) == 0
    assert capsys.readouterr().out == "every event is blessed\n"


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


@pytest.mark.parametrize("command", ["bless", "check", "docs", "list"])
def test_help_names_every_command(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as done:
        main(["--help"])

    assert done.value.code == 0
    assert command in capsys.readouterr().out
