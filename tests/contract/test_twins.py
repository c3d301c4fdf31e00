"""`kairos_events check` finds every fault that it is there for: each is planted in a copy of the
library, and named with event, path, rule, the reader that breaks and an instance that breaks it."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from kairos_events.contract_files import packaged


@dataclass(frozen=True)
class Copy:
    """The library again, in a folder of its own."""

    folder: Path

    @property
    def package(self) -> Path:
        return self.folder / "kairos_events"

    def edit(self, path: str, *changes: tuple[str, str]) -> None:
        """Replace texts in a file, each of which must be there."""
        file = self.package / path
        text = file.read_text("utf-8")
        for before, after in changes:
            assert before in text, f"{path} does not say {before!r}"
            text = text.replace(before, after)
        file.write_text(text, "utf-8")

    def schema(self, event_type: str) -> Path:
        """One blessed schema of an event."""
        return next((self.package / "schemas" / event_type).glob("*.json"))

    def check(self) -> list[dict[str, Any]]:
        """What `check` has to say."""
        ran = subprocess.run(
            [sys.executable, "-m", "kairos_events", "check", "--json", "--without-services"],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(self.folder)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode in (0, 1), ran.stderr
        problems: list[dict[str, Any]] = json.loads(ran.stdout)["problems"]
        assert bool(problems) is (ran.returncode == 1)
        return problems

    def rules(self) -> set[tuple[str, str, str, str | None]]:
        """The same without what follows a rule's name."""
        return {
            (one["event"], one["path"], one["rule"].partition(":")[0], one["reader"])
            for one in self.check()
        }

    def git(self, *words: str) -> None:
        who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", "-C", str(self.folder), *who, *words], check=True)


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    made = Copy(tmp_path)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(packaged().root, made.package, ignore=ignored)
    return made


def the_break(problems: list[dict[str, Any]], reader: str, path: str) -> dict[str, Any]:
    """The one break of a reader at a path, by the version that is not blessed."""
    [found] = [one for one in problems if one["reader"] == reader and one["path"] == path]
    return found


def test_the_copy_is_sound(copy: Copy) -> None:
    assert copy.check() == []


def test_a_renamed_field_is_named_with_the_reader_and_an_instance(copy: Copy) -> None:
    event = "dosing.session_opened.v1"
    copy.edit("dosing/session_opened_v1.py", ("opened_at: Instant", "begun_at: Instant"))

    problems = copy.check()

    rules = {(one["event"], one["path"], one["rule"]) for one in problems}
    assert (event, "$.opened_at", "field_removed") in rules
    assert (event, "$.begun_at", "field_newly_required") in rules
    found = the_break(problems, "intake.SessionOpened", "$.opened_at")
    assert found["rule"] == "field_not_always_written"
    assert found["version"] != copy.schema(event).stem
    shown = json.loads(found["instance"])
    assert "begun_at" in shown
    assert "opened_at" not in shown


def test_a_removed_required_field_that_someone_reads_is_named_with_the_reader(copy: Copy) -> None:
    copy.edit(
        "dosing/session_discharged_v1.py",
        ("    last_dose_at: Instant\n", ""),
        ('    """When the last dose of the session was given."""\n', ""),
    )

    problems = copy.check()

    assert ("$.last_dose_at", "field_removed") in {(one["path"], one["rule"]) for one in problems}
    found = the_break(problems, "integration.SessionDischarged", "$.last_dose_at")
    assert found["rule"] == "field_not_always_written"
    assert "last_dose_at" not in json.loads(found["instance"])


def test_a_closed_list_that_gained_a_value_is_named_with_the_reader_and_the_value(
    copy: Copy,
) -> None:
    copy.edit(
        "scheduling/credential_recorded_v1.py",
        ('    SUSPENDED = "suspended"\n', '    SUSPENDED = "suspended"\n    REVOKED = "revoked"\n'),
    )

    problems = copy.check()

    assert ("$.status", "field_changed") in {(one["path"], one["rule"]) for one in problems}
    found = the_break(problems, "dosing.CredentialRecorded", "$.status")
    assert found["rule"] == "enum_narrowed: 'revoked'"
    assert json.loads(found["instance"])["status"] == "revoked"


def test_a_narrowed_enum_is_named_with_the_blessed_version_it_cannot_read(copy: Copy) -> None:
    event = "scheduling.credential_recorded.v1"
    manifest = copy.package / "readers" / "dosing.json"
    document = json.loads(manifest.read_text("utf-8"))
    for entry in document["readers"]:
        if event in entry["versions"]:
            entry["schema"]["properties"]["status"]["enum"].remove("suspended")
    manifest.write_text(json.dumps(document), "utf-8")

    found = the_break(copy.check(), "dosing.CredentialRecorded", "$.status")

    assert found["rule"] == "enum_narrowed: 'suspended'"
    assert found["version"] == copy.schema(event).stem
    assert json.loads(found["instance"])["status"] == "suspended"


def test_an_edited_blessed_file_is_named(copy: Copy) -> None:
    event = "dosing.dose_administered.v1"
    path = copy.schema(event)
    path.write_text(path.read_text("utf-8").replace('"minimum": 1', '"minimum": 0'), "utf-8")

    assert (event, path.stem, "edited_schema", None) in copy.rules()


def test_a_blessed_file_that_was_edited_and_put_back_is_named_from_git_s_history(
    copy: Copy,
) -> None:
    path = copy.schema("dosing.dose_administered.v1")
    before = path.read_text("utf-8")
    copy.git("init", "--quiet", "--initial-branch=main")
    for text in (before, before.replace('"minimum": 1', '"minimum": 0'), before):
        path.write_text(text, "utf-8")
        copy.git("add", "--all")
        copy.git("commit", "--quiet", "--no-verify", "--message=change")

    name = path.relative_to(copy.folder).as_posix()
    assert ("git", name, "changed_or_removed_after_commit", None) in copy.rules()


def test_an_event_without_example_is_named(copy: Copy) -> None:
    event = "dosing.dose_administered.v1"
    (copy.package / "examples" / f"{event}.json").unlink()

    assert (event, "$", "no_example", None) in copy.rules()


@pytest.mark.parametrize(
    ("owner", "said"),
    [("", "missing or unknown: owner"), ('owner = ""', "owner is empty")],
)
def test_a_topic_without_owner_is_named(copy: Copy, owner: str, said: str) -> None:
    copy.edit("topics.toml", ('owner = "integration"', owner))

    [problem] = copy.check()

    assert "integration.events" in problem["rule"]
    assert said in problem["rule"]


def test_a_topic_of_nobody_we_know_is_named(copy: Copy) -> None:
    copy.edit("topics.toml", ('owner = "integration"', 'owner = "billing"'))

    assert ("integration.events", "owner", "unknown_owner", None) in copy.rules()


def test_an_event_that_is_gone_is_named_with_its_readers(copy: Copy) -> None:
    event = "dosing.session_discharged.v1"
    (copy.package / "dosing" / "session_discharged_v1.py").unlink()
    copy.edit(
        "dosing/__init__.py",
        (
            "from kairos_events.dosing.session_discharged_v1 import SessionDischargedV1\n",
            "",
        ),
        ('    "SessionDischargedV1",\n', ""),
    )

    rules = copy.rules()

    assert (event, "$", "no_such_event", None) in rules
    assert (event, "$", "no_such_event", "integration.SessionDischarged") in rules
    assert (event, "$", "no_such_event", "intake.SessionDischarged") in rules


def test_an_old_version_that_is_published_no_more_is_named_with_those_who_still_read_it(
    copy: Copy,
) -> None:
    copy.edit("dosing/session_aborted_v1.py", ('    beside="dosing.session_aborted.v2",\n', ""))
    copy.edit("dosing/session_aborted_v2.py", ('    beside="dosing.session_aborted.v1",\n', ""))

    assert (
        "dosing.session_aborted.v1",
        "$",
        "no_longer_published",
        "scheduling.SessionAborted",
    ) in copy.rules()
