"""The broker asked for, or the best there is; and nothing runs that is not the pinned thing."""

from __future__ import annotations

from pathlib import Path

import pytest
from kairos_local.broker import choose, kafka_jars, tansu
from kairos_local.errors import CannotStart


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing on its path and an empty cache; returns the folder on the path."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("KAIROS_CACHE", str(tmp_path / "cache"))
    return programs


def install(folder: Path, name: str, script: str) -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_kafka_without_java_says_what_to_install(machine: Path) -> None:
    with pytest.raises(CannotStart) as raised:
        choose("kafka")
    assert "Install Java 17" in raised.value.advice
    assert "--broker tansu" in raised.value.advice


def test_kafka_with_an_old_java_says_so(machine: Path) -> None:
    install(machine, "java", """echo 'java version "1.8.0_412"' >&2""")
    with pytest.raises(CannotStart, match=r"needs Java 17; .* is 8"):
        choose("kafka")


def test_kafka_without_maven_says_what_to_install(machine: Path) -> None:
    install(machine, "java", """echo 'openjdk version "21" 2023-09-19' >&2""")
    with pytest.raises(CannotStart, match="Install Maven"):
        choose("kafka")


def test_kafka_when_maven_cannot_fetch_says_what_maven_said(machine: Path) -> None:
    install(machine, "java", """echo 'openjdk version "17.0.15" 2025-04-15' >&2""")
    install(machine, "mvn", "echo '[ERROR] Could not transfer artifact'; exit 1")
    with pytest.raises(CannotStart, match="Could not transfer artifact"):
        choose("kafka")
    assert not kafka_jars.jars_folder().exists()


def test_auto_takes_tansu_where_kafka_cannot_run_and_says_why(machine: Path) -> None:
    choice = choose("auto")
    assert choice.kind == "tansu"
    assert "there is none here" in choice.reason


def test_jars_that_are_not_the_pinned_ones_are_refused(machine: Path) -> None:
    install(machine, "java", """echo 'openjdk version "17.0.15" 2025-04-15' >&2""")
    planted = 'for a; do case $a in -DoutputDirectory=*) echo x > "${a#*=}/kafka_2.13-4.3.1.jar"'
    install(machine, "mvn", f"{planted};; esac; done")
    with pytest.raises(CannotStart, match=r"not the pinned ones: .*kafka_2\.13-4\.3\.1\.jar"):
        choose("kafka")
    assert not kafka_jars.jars_folder().exists()


def test_another_tansu_binary_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tansu.tansu_binary().exists()
    monkeypatch.setattr(tansu, "_SHA256", dict.fromkeys(tansu._SHA256, "0" * 64))
    with pytest.raises(CannotStart, match="not the pinned one"):
        tansu.tansu_binary()
