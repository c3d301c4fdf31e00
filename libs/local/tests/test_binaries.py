"""PostgreSQL's programs are run from where their ordinary user can reach them."""

from pathlib import Path

import pytest
from kairos_local.postgres import binaries
from kairos_local.postgres.binaries import open_to_everybody, public_copy


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Something like the wheel's programs."""
    folder = tmp_path / "private" / "postgres_wheel"
    (folder / "pginstall" / "bin").mkdir(parents=True)
    (folder / "pginstall" / "bin" / "postgres").write_text("a program")
    folder.with_name("postgres_wheel.libs").mkdir()
    folder.with_name("postgres_wheel.libs").joinpath("libpq.so").write_text("a library")
    return folder


def test_a_private_folder_on_the_way_is_noticed(installed: Path) -> None:
    shared = Path(binaries.__file__).anchor
    assert open_to_everybody(Path(shared))
    installed.parent.chmod(0o700)
    assert not open_to_everybody(installed)


def test_the_copy_is_whole_for_everybody_and_made_once(installed: Path, tmp_path: Path) -> None:
    public = tmp_path / "public"
    copy = public_copy(installed, public)
    made = copy.stat().st_ino

    assert (copy / "pginstall" / "bin" / "postgres").read_text() == "a program"
    assert (copy.parent / "postgres_wheel.libs" / "libpq.so").read_text() == "a library"
    assert copy.parent.stat().st_mode & 0o777 == 0o755
    assert public_copy(installed, public).stat().st_ino == made
    assert [path.name for path in public.iterdir()] == [copy.parent.name]


def test_another_build_gets_a_copy_of_its_own(installed: Path, tmp_path: Path) -> None:
    before = public_copy(installed, tmp_path / "public")
    (installed / "pginstall" / "bin" / "postgres").write_text("another program")

    assert public_copy(installed, tmp_path / "public") != before
