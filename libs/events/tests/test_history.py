"""Immutability, shown in repositories made for the purpose."""

import subprocess
from pathlib import Path

import pytest
from kairos_events.history import immutability


class Repository:
    """A repository with one committed schema and one committed example."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.schema = root / "schemas" / "a.b.v1" / "0123.json"
        self.example = root / "examples" / "a.b.v1.json"
        for path in (self.schema, self.example):
            path.parent.mkdir(parents=True)
            path.write_text("{}\n")
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> None:
        who = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", "-C", str(self.root), *who, *arguments], check=True)

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--no-verify", "--message=change")

    def problems(self) -> list[str]:
        found = immutability([self.root / "schemas", self.root / "examples"])
        assert found.notice is None
        return [f"{problem.event} {problem.path} {problem.rule}" for problem in found.problems]


@pytest.fixture(autouse=True)
def outside_of_any_hook(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "repository")
    made.commit()
    return made


SCHEMA_TOUCHED = ["git schemas/a.b.v1/0123.json changed_or_removed_after_commit"]


def test_adding_files_is_no_problem(repository: Repository) -> None:
    (repository.schema.parent / "4567.json").write_text("{}\n")
    assert repository.problems() == []

    repository.commit()
    assert repository.problems() == []


@pytest.mark.parametrize("committed", [True, False])
def test_an_edited_schema_is_found(repository: Repository, committed: bool) -> None:
    repository.schema.write_text('{"type": "string"}\n')
    if committed:
        repository.commit()

    assert repository.problems() == SCHEMA_TOUCHED


def test_an_edit_is_found_even_after_it_was_undone(repository: Repository) -> None:
    repository.schema.write_text('{"type": "string"}\n')
    repository.commit()
    repository.schema.write_text("{}\n")
    repository.commit()

    assert repository.problems() == SCHEMA_TOUCHED


@pytest.mark.parametrize("committed", [True, False])
def test_a_removed_example_is_found(repository: Repository, committed: bool) -> None:
    repository.example.unlink()
    if committed:
        repository.commit()

    assert repository.problems() == ["git examples/a.b.v1.json changed_or_removed_after_commit"]


def test_a_renamed_schema_is_found(repository: Repository) -> None:
    repository.git("mv", str(repository.schema), str(repository.schema.with_name("4567.json")))
    repository.commit()

    assert repository.problems() == SCHEMA_TOUCHED


def test_an_edit_that_came_by_a_merge_is_found(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "-b", "side")
    repository.schema.write_text('{"type": "string"}\n')
    repository.commit()
    repository.git("checkout", "--quiet", "main")
    (repository.root / "other").write_text("x")
    repository.commit()
    repository.git("merge", "--quiet", "--no-ff", "--no-edit", "side")

    assert repository.problems() == SCHEMA_TOUCHED


def test_a_hook_of_another_repository_does_not_mislead(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.schema.write_text('{"type": "string"}\n')
    repository.commit()
    Repository(tmp_path / "other").commit()
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))

    assert repository.problems() == SCHEMA_TOUCHED


def test_a_shallow_clone_is_refused(repository: Repository, tmp_path: Path) -> None:
    (repository.schema.parent / "4567.json").write_text("{}\n")
    repository.commit()
    shallow = tmp_path / "shallow"
    repository.git("clone", "--quiet", "--depth=1", repository.root.as_uri(), str(shallow))

    found = immutability([shallow / "schemas", shallow / "examples"])

    assert [problem.rule for problem in found.problems] == [
        "shallow_clone: fetch the whole history first"
    ]


def test_without_commits_it_says_that_history_was_not_checked(tmp_path: Path) -> None:
    made = Repository(tmp_path / "repository")

    found = immutability([made.root / "schemas"])

    assert found.problems == []
    assert found.notice == "no commits yet: immutability was not checked"


def test_without_git_it_says_that_history_was_not_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    found = immutability([tmp_path])

    assert found.problems == []
    assert found.notice == "no git history here: immutability was not checked"
