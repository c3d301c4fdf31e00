"""`new` writes an event that only has to be read, not written: it is sound once it is blessed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from kairos_events.__main__ import main
from kairos_events.contract_files import packaged
from kairos_events.scaffold import Field, NewEvent, ScaffoldError
from kairos_events.scaffold_texts import exported, module_text


class Copy:
    """A copy of the library, in which an event may be made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.package = folder / "kairos_events"
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(packaged().root, self.package, ignore=ignored)

    def run(self, *words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "kairos_events", *words],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.folder)},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


WORDS = ["--means", "An infusion was paused.", "--when", "Published when it is charted, for all."]
FIELDS = ["--field", "reason:code=Why.", "--field", "paused_at:instant?=When; null if unknown."]


def test_a_new_event_is_sound_once_it_is_blessed(copy: Copy) -> None:
    assert copy.run("new", "dosing.infusion_paused", *WORDS, *FIELDS)[0] == 0

    assert copy.run("bless")[0] == 0
    assert copy.run("check", "--without-services")[0] == 0
    assert "dosing.infusion_paused.v1" in (copy.folder / "docs" / "events.md").read_text()
    exports = (copy.package / "dosing" / "__init__.py").read_text()
    assert '    "InfusionPausedV1",\n' in exports


def test_a_next_version_comes_with_an_upcaster(copy: Copy) -> None:
    assert copy.run("new", "dosing.session_opened.v2", *WORDS, *FIELDS)[0] == 0

    said = copy.run("check", "--without-services")[1]
    assert "dosing.session_opened.v2 dosing.session_opened.v2.from_v1.json no_upcast_sample" in said
    assert "no_upcaster" not in said
    # nobody may go on reading the old one unless it is told beside the new one
    assert "dosing.session_opened.v1 $ no_longer_published" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["dosing.session_opened"], "exists"),
        (["dosing.session_closed.v2"], "no dosing.session_closed.v1"),
        (["billing.paid"], "no service billing"),
        (["dosing.paused", "--topic", "dosing.pauses"], "no topic dosing.pauses"),
        (["Dosing.Paused"], "not <service>.<fact>"),
        (["dosing.paused", "--field", "why:prose=Why."], "not NAME:KIND=MEANING"),
        (["dosing.paused", "--field", "patient_id:id=Who."], "is a field by itself"),
    ],
)
def test_an_event_that_cannot_be_is_refused_and_nothing_is_written(
    tmp_path: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--root", str(tmp_path), "new", *words, *WORDS, "--package", str(tmp_path)]

    assert main(command) == 1
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_export_leaves_what_is_there_in_order() -> None:
    event = NewEvent.read(
        "dosing.begun", means="It began.", when="Then.", topic=None, key="patient_id", fields=[]
    )
    text = (packaged().root / "dosing" / "__init__.py").read_text("utf-8")

    once = exported(text, event)

    assert exported(once, event) == once
    added = {line for line in once.splitlines() if line not in text.splitlines()}
    assert added == {
        "from kairos_events.dosing.begun_v1 import BegunV1",
        '    "BegunV1",',
    }


def test_a_field_s_meaning_is_its_docstring() -> None:
    event = NewEvent.read(
        "dosing.begun",
        means="It began.",
        when="Then.",
        topic=None,
        key="visit_id",
        fields=[Field.read("route:route?=How.")],
    )

    text = module_text(event)

    assert '    visit_id: UUID\n    """What it is about: an opaque id."""\n' in text
    assert '    route: Route | None\n    """How."""\n' in text
    compile(text, "begun_v1.py", "exec")


def test_a_field_needs_a_meaning() -> None:
    with pytest.raises(ScaffoldError):
        Field.read("reason:code=")
