"""A release holds what was chosen: pinned with hashes, above every floor, licensed, no secrets."""

from typing import Any

import pytest

from tools import supply_chain

HASH = "--hash=sha256:" + "a" * 64
FLOORS: list[dict[str, Any]] = supply_chain.read("floors.toml")["floor"]


@pytest.mark.parametrize("name", supply_chain.LOCKS)
def test_every_locked_requirement_has_hashes(name: str) -> None:
    text = supply_chain.locked()[name]
    assert len(list(supply_chain.requirements(text))) > 3
    assert list(supply_chain.unpinned(text)) == []


@pytest.mark.parametrize("name", supply_chain.LOCKS)
def test_no_locked_library_is_below_its_floor(name: str) -> None:
    assert list(supply_chain.below_floor(supply_chain.locked()[name], FLOORS)) == []


def test_every_floor_says_why() -> None:
    assert len(FLOORS) > 10
    assert all(one["why"] and one["advisories"] for one in FLOORS)


def test_every_library_has_a_licence_we_may_use() -> None:
    text = supply_chain.locked()["requirements.lock"]
    names = [name for name, _, _ in supply_chain.requirements(text)]
    assert list(supply_chain.unlicensed(names, supply_chain.read("licences.toml"))) == []


def test_no_secret_is_committed() -> None:
    assert len(supply_chain.tracked_files()) > 500
    assert list(supply_chain.committed_secrets()) == []


# --- twins ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line", ["attrs==25.1.0", "attrs>=25.1.0 " + HASH, "git+https://host.example/attrs", "attrs"]
)
def test_loose_requirement_is_found(line: str) -> None:
    good = f"idna==3.20 \\\n    {HASH}\n# a remark\n"
    assert list(supply_chain.unpinned(good)) == []
    assert len(list(supply_chain.unpinned(good + line))) == 1


def test_version_below_its_floor_is_found() -> None:
    (fault,) = supply_chain.below_floor(f"h11==0.14.0 {HASH}", FLOORS)
    assert "CVE-2025-43859" in fault
    assert list(supply_chain.below_floor(f"h11==0.16.0 {HASH}", FLOORS)) == []


def test_licence_nobody_allowed_is_found() -> None:
    rules = supply_chain.read("licences.toml")
    assert list(supply_chain.unlicensed(["pytest", "no-such-library"], rules)) == []
    none: dict[str, Any] = {**rules, "allowed": []}
    assert list(supply_chain.unlicensed(["pytest"], none)) == ["pytest: MIT"]


PLANTED = {
    "private key": "-----BEGIN " + "EC PRIVATE KEY-----",
    "access key of a cloud": "AKIA" + "ABCDEFGHIJKLMNOP",
    "token of a code host": "ghp_" + "a1" * 18,
    "signed token": "eyJ" + "a" * 30 + ".eyJ" + "b" * 30 + "." + "c" * 30,
    "password in an address": "postgresql://kairos:" + "Tr0ub4dor" + "@db.internal/x",
    "assigned secret": 'cursor_key = "' + "f3" * 16 + '"',
}


@pytest.mark.parametrize("kind", PLANTED)
def test_planted_secret_is_found(kind: str) -> None:
    assert list(supply_chain.secrets_in("src/a.py", PLANTED[kind])) == [f"src/a.py:1: {kind}"]


@pytest.mark.parametrize(
    "line",
    [
        'password = os.environ["PASSWORD"]',
        "postgresql://{role}:{password}@{host}/x",
        'token = "short"',
        "https://host.example:8443/path@here",
        "secret: ${KAIROS_CURSOR_KEY}",
    ],
)
def test_word_for_a_secret_is_none(line: str) -> None:
    assert list(supply_chain.secrets_in("src/a.py", line)) == []
