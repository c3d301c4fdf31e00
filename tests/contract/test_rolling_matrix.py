"""The rolling-upgrade matrix: what this release tells is read by the services of the release
before, and the reverse. Both run for real, each from a checkout of its own.

`tests/rolling` upgrades a whole platform, service by service; this holds every event and every
reader against each other, quickly.
"""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from .previous import ROOT, Checkout, NoPreviousRelease, check_out, previous_ref

PROGRAM = Path(__file__).with_name("both_sides.py")
RELEASES = ("previous", "this")
Records = list[dict[str, Any]]


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Checkout]:
    """Both checkouts: the release before, and the working tree."""
    folder = tmp_path_factory.mktemp("previous")
    return {"previous": check_out(previous_ref(), folder), "this": Checkout("this", ROOT)}


def lines(text: str) -> Records:
    return [json.loads(line) for line in text.splitlines()]


def hear(release: Checkout, records: Records) -> Records:
    given = "".join(json.dumps(record) + "\n" for record in records)
    return lines(release.run(PROGRAM, "hear", given=given))


@pytest.fixture(scope="module")
def told(releases: dict[str, Checkout]) -> dict[str, Records]:
    """What each release tells."""
    return {
        name: [{**record, "from": name} for record in lines(checkout.run(PROGRAM, "tell"))]
        for name, checkout in releases.items()
    }


def without_last_dose(record: dict[str, Any]) -> dict[str, Any]:
    """A discharge as a careless release would tell it."""
    data = json.loads(base64.b64decode(record["value"]))
    del data["last_dose_at"]
    value = base64.b64encode(json.dumps(data).encode()).decode()
    return {**record, "value": value, "from": "careless"}


def of_version_9(record: dict[str, Any]) -> dict[str, Any]:
    """A discharge of a version that nobody can read, told alone."""
    headers = [
        [name, f"{text[:-1]}9" if name == "ce_type" else text] for name, text in record["headers"]
    ]
    return {**record, "headers": headers, "from": "hasty"}


@pytest.fixture(scope="module")
def heard(releases: dict[str, Checkout], told: dict[str, Records]) -> dict[str, Records]:
    """What the services of each release make of what both tell, and of what neither should."""
    discharge = next(one for one in told["this"] if one["type"] == "dosing.session_discharged.v1")
    planted = [without_last_dose(discharge), of_version_9(discharge)]
    everything = [*told["previous"], *told["this"], *planted]
    return {name: hear(checkout, everything) for name, checkout in releases.items()}


def refused(heard: Records) -> Records:
    return [one for one in heard if one["outcome"].startswith(("invalid", "unknown"))]


@pytest.mark.parametrize("producer", RELEASES)
@pytest.mark.parametrize("consumer", RELEASES)
def test_every_service_reads_what_the_other_release_tells(
    heard: dict[str, Records], producer: str, consumer: str
) -> None:
    outcomes = [one for one in heard[consumer] if one["from"] == producer]

    assert refused(outcomes) == []
    assert {one["service"] for one in outcomes if one["outcome"].startswith("read by")} >= {
        "intake",
        "dosing",
        "integration",
    }


@pytest.mark.parametrize("release", RELEASES)
def test_each_release_runs_from_its_own_checkout(
    releases: dict[str, Checkout], release: str, tmp_path: Path
) -> None:
    program = tmp_path / "where.py"
    program.write_text(
        "import kairos_events, intake\nprint(kairos_events.__file__, intake.__file__)"
    )

    printed = releases[release].run(program).split()

    assert all(Path(path).is_relative_to(releases[release].folder) for path in printed)


# The matrix bites.


@pytest.mark.parametrize("consumer", RELEASES)
@pytest.mark.parametrize(
    ("producer", "outcome"),
    [("careless", "invalid: last_dose_at"), ("hasty", "unknown version")],
)
def test_what_a_release_cannot_read_is_found(
    heard: dict[str, Records], consumer: str, producer: str, outcome: str
) -> None:
    found = refused([one for one in heard[consumer] if one["from"] == producer])

    assert ("integration", outcome) in {(one["service"], one["outcome"]) for one in found}


def test_without_tag_and_commit_nothing_is_compared_silently(tmp_path: Path) -> None:
    names = tmp_path / "previous_release.toml"
    names.write_text('tag = "v0.0.0-none"\ncommit = "0123456789012345678901234567890123456789"\n')

    with pytest.raises(NoPreviousRelease, match=r"neither v0\.0\.0-none nor"):
        previous_ref(names=names)


def test_where_the_tag_is_missing_the_commit_stands_in(tmp_path: Path) -> None:
    names = tmp_path / "previous_release.toml"
    names.write_text('tag = "v0.0.0-none"\ncommit = "HEAD"\n')

    assert previous_ref(names=names) == "HEAD"
