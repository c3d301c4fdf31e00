"""`kairos-conformance` as a partner runs it: from its wheel, offline, with a program of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from kairos_events.contract_files import packaged
from kairos_partner_kit.command import main

EXAMPLE = [sys.executable, "-m", "kairos_partner_kit.example"]
DOSE = "dosing.dose_administered.v1"
ROOT = Path(__file__).parents[3]


def program(folder: Path, code: str) -> list[str]:
    path = folder / "consumer.py"
    path.write_text(code)
    return [sys.executable, str(path)]


def test_a_safe_program_is_conformant(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--reads", DOSE, "--program", *EXAMPLE, DOSE]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("conformant: ")


def test_a_program_that_applies_everything_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    careless = program(
        tmp_path,
        "import json, sys\n"
        "for line in sys.stdin:\n"
        "    print(json.dumps({'record': json.loads(line)['number'], 'did': 'applied'}))\n",
    )

    assert main(["run", "--json", "--reads", DOSE, "--program", *careless]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["passed"] is False
    failed = {one["case"]: one["faults"] for one in found["findings"] if one["faults"]}
    assert "duplicate dosing.events" in failed
    assert "in_order dosing.events" not in failed


def test_answers_can_be_judged_later(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feed", "--reads", DOSE]) == 0
    feed = capsys.readouterr().out
    done = subprocess.run([*EXAMPLE, DOSE], input=feed, capture_output=True, text=True, check=True)
    answers = tmp_path / "answers.jsonl"
    answers.write_text(done.stdout + "\n")

    assert main(["judge", "--reads", DOSE, str(answers)]) == 0


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise SystemExit(3)", "ended with exit code 3"),
        ("import time\ntime.sleep(60)", "did not end within 0.5 s"),
        ("print('hello')", "line 1 is not"),
        ('print(\'{"record": 1, "did": "eaten"}\')', "line 1: record is a number"),
        ('print(\'{"record": true, "did": "kept"}\')', "line 1: record is a number"),
    ],
)
def test_a_program_that_does_not_answer_is_no_verdict(
    tmp_path: Path, code: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    silent = program(tmp_path, code)

    assert main(["run", "--reads", DOSE, "--timeout", "0.5", "--program", *silent]) == 2
    assert said in capsys.readouterr().err


def test_what_cannot_be_asked_for_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["feed", "--reads", "dosing.unheard_of.v1"]) == 2
    assert "no such event: dosing.unheard_of.v1" in capsys.readouterr().err
    assert main(["run", "--program", str(tmp_path / "missing")]) == 2
    assert "cannot be started" in capsys.readouterr().err


def reads(folder: Path, **route: object) -> str:
    file = folder / "reads.json"
    wanted = {"type": "object", "required": ["route"], "properties": {"route": route}}
    file.write_text(json.dumps([{"type": DOSE, "schema": wanted}]))
    return str(file)


def test_a_partner_s_own_schemas_are_held_against_every_version(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["reads", reads(tmp_path, type="string")]) == 0

    assert main(["reads", "--json", reads(tmp_path, type="string", enum=["im", "iv"])]) == 1
    found = json.loads(capsys.readouterr().out.partition("\n")[2])
    assert {(one["path"], one["rule"]) for one in found} >= {("$.route", "enum_narrowed: 'oral'")}
    assert {one["version"] for one in found} == set(packaged().blessed(DOSE))


@pytest.mark.parametrize(
    ("text", "code"),
    [("{", 2), ("{}", 2), ('[{"type": "x"}]', 2), ('[{"type": "a.b.v1", "schema": {}}]', 1)],
)
def test_a_file_that_does_not_say_what_is_read_is_refused(
    tmp_path: Path, text: str, code: int
) -> None:
    file = tmp_path / "reads.json"
    file.write_text(text)

    assert main(["reads", str(file)]) == code


def test_the_contract_can_be_taken_along_as_files(tmp_path: Path) -> None:
    assert main(["export", str(tmp_path)]) == 0

    assert {path.name for path in (tmp_path / "schemas" / DOSE).iterdir()} == {
        f"{version}.json" for version in packaged().blessed(DOSE)
    }
    assert (tmp_path / "examples" / f"{DOSE}.json").is_file()
    assert json.loads((tmp_path / "asyncapi.json").read_text())["asyncapi"] == "3.0.0"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kit and the library, built as wheels and installed from them into an empty folder."""
    folder = tmp_path_factory.mktemp("partner")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    sources = [str(ROOT / "libs" / name) for name in ("events", "partner-kit")]
    wheels = ["--no-deps", "--no-index"]
    for command in (
        ["wheel", *wheels, "--no-build-isolation", "--wheel-dir", str(folder / "wheels"), *sources],
        ["install", *wheels, "--find-links", str(folder / "wheels"), "--target",
         str(folder / "site"), "kairos-partner-kit", "kairos-events"],
    ):  # fmt: skip
        subprocess.run([*pip, *command], check=True)
    return folder / "site"


def test_it_runs_from_its_wheel_alone(installed: Path, tmp_path: Path) -> None:
    command = [str(installed / "bin" / "kairos-conformance"), "run", "--program", *EXAMPLE]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("conformant: ")
    assert (installed / "kairos_events" / "topics.toml").is_file()
