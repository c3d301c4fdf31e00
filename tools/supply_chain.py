"""What a release is made of: pinned with hashes, above every floor, licensed, and without secrets.

`python -m tools.supply_chain` checks all of it; `make security` adds the bill of materials.
"""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
LOCKS: Final = ("requirements.lock", "requirements-dev.lock", "requirements-build.lock")
_REQUIREMENT: Final = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)(?P<rest>.*)$")
_HASH: Final = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")
_OPERATORS: Final = re.compile(r"\s+(?:AND|OR|and|or)\s+|[()]")

# A secret, not the word for one: enough entropy to be used, in a place where one would stand.
_SECRETS: Final = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"),
    "access key of a cloud": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "token of a code host": re.compile(r"\b(?:ghp|gho|ghs|github_pat|glpat)[_-][A-Za-z0-9_]{20,}"),
    "signed token": re.compile(
        r"\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}"
    ),
    "password in an address": re.compile(
        r"\b(?:postgres(?:ql)?|kafka|amqp|https?)://[^\s:/@{}\"'$]+:(?!//)(?P<value>[^\s@/{}\"'$<]{8,})@"
    ),
    "assigned secret": re.compile(
        r"(?i)\b(?:password|passwd|secret|api_key|cursor_key|token)[\"']?\s*[:=]\s*"
        r"[\"'](?P<value>[A-Za-z0-9+/_=-]{24,})[\"']"
    ),
}
# What looks like one and is none, each with its reason.
_NO_SECRETS: Final = {
    "a test cursor key of enough length": "a test's",
    "admin:password@host": "shows how an address is written",
    "role:password@": "shows how an address is written",
}
_TESTED: Final = re.compile(r"(^|/)tests?/|(^|/)testing/|fake_|examples/")


def requirements(text: str) -> Iterator[tuple[str, str, int]]:
    """Name, version and number of hashes of each requirement of a lock file."""
    joined = text.replace("\\\n", " ")
    for line in joined.splitlines():
        if match := _REQUIREMENT.match(line.strip()):
            yield match["name"].lower(), match["version"], len(_HASH.findall(match["rest"]))


def unpinned(text: str) -> Iterator[str]:
    """Lines of a lock file that are no pinned requirement with a hash."""
    for line in text.replace("\\\n", " ").splitlines():
        words = line.strip()
        if words and not words.startswith("#") and not words.startswith("--"):
            match = _REQUIREMENT.match(words)
            if match is None or not _HASH.search(match["rest"]):
                yield words.partition(" ")[0]


def below_floor(text: str, floors: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Locked libraries older than the oldest version that may be used."""
    lowest = {one["name"]: one for one in floors}
    for name, version, _ in requirements(text):
        floor = lowest.get(name)
        if floor is not None and _numbers(version) < _numbers(floor["version"]):
            yield f"{name} {version} is below {floor['version']}: {', '.join(floor['advisories'])}"


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"[0-9.]+", version)
    return tuple(int(part) for part in (found[0] if found else "0").strip(".").split("."))


def licences_of(distribution: metadata.Distribution, aliases: Mapping[str, str]) -> set[str]:
    """The licences a distribution says it has, in SPDX's words where they are known."""
    said: Any = distribution.metadata  # a mail message, which its protocol hides
    expression = said.get("License-Expression")
    if expression:
        return {part.strip() for part in _OPERATORS.split(expression) if part.strip()}
    classifiers = [
        one.rpartition(" :: ")[2]
        for one in said.get_all("Classifier") or ()
        if one.startswith("License :: ") and not one.endswith("OSI Approved")
    ]
    plain = [line for line in (said.get("License") or "").splitlines()[:1] if len(line) < 60]
    return {
        aliases.get(part.strip(), part.strip())
        for one in (classifiers or plain)
        for part in _OPERATORS.split(one)
        if part.strip()
    }


def unlicensed(names: Iterable[str], rules: Mapping[str, Any]) -> Iterator[str]:
    """Installed libraries of these names whose licence is not allowed."""
    allowed, known = set(rules["allowed"]), rules.get("library", {})
    for name in sorted(set(names)):
        try:
            found = licences_of(metadata.distribution(name), rules["aliases"])
        except metadata.PackageNotFoundError:
            continue  # for another platform
        found = set(known[name]["licences"]) if name in known else found
        if not found or not found <= allowed:
            yield f"{name}: {', '.join(sorted(found)) or 'says none'}"


def tracked_files() -> list[Path]:
    """Every file that is committed."""
    done = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return [ROOT / name for name in done.stdout.decode().split("\0") if name]


def secrets_in(name: str, text: str) -> Iterator[str]:
    """What in a file looks like a secret."""
    for number, line in enumerate(text.splitlines(), 1):
        for kind, pattern in _SECRETS.items():
            match = pattern.search(line)
            if match is None or any(known in line for known in _NO_SECRETS):
                continue
            if kind in ("assigned secret", "password in an address") and _TESTED.search(name):
                continue  # made for a test's own throw-away server
            yield f"{name}:{number}: {kind}"


def committed_secrets() -> Iterator[str]:
    """Secrets in any committed file."""
    for path in tracked_files():
        if path.suffix in {".lock", ".png", ".svg"} or not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        yield from secrets_in(str(path.relative_to(ROOT)), text)


def read(name: str) -> dict[str, Any]:
    """A data file of the tools."""
    return tomllib.loads((ROOT / "tools" / name).read_text(encoding="utf-8"))


def locked() -> dict[str, str]:
    """Every lock file's text by its name."""
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in LOCKS}


def faults() -> Iterator[str]:
    """All that is wrong."""
    floors, rules = read("floors.toml")["floor"], read("licences.toml")
    for name, text in locked().items():
        yield from (f"{name}: {one} is not pinned with a hash" for one in unpinned(text))
        yield from (f"{name}: {one}" for one in below_floor(text, floors))
    names = [name for name, _, _ in requirements(locked()["requirements.lock"])]
    yield from unlicensed(names, rules)
    yield from committed_secrets()


def main() -> None:
    """Print what is wrong and exit 1."""
    found = list(faults())
    if found:
        sys.exit("\n".join(found))
    sys.stdout.write("locks, floors, licences and secrets: nothing to say\n")


if __name__ == "__main__":
    main()
