"""The image recipe keeps its rules, and each rule can be seen to fail."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

IMAGES = Path(__file__).parents[2] / "deploy/docker"
RECIPE = (IMAGES / "Dockerfile").read_text("utf-8")
JOURNEY = (IMAGES / "journey.Dockerfile").read_text("utf-8")

Rule = Callable[[str], list[str]]


def instructions(recipe: str) -> list[tuple[str, str]]:
    """The recipe's instructions and arguments, comments gone and continuations joined."""
    lines = [line for line in recipe.splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    pairs = (line.partition(" ") for line in joined.splitlines() if line.strip())
    return [(word.upper(), rest.strip()) for word, _, rest in pairs]


def last(recipe: str, word: str) -> str:
    """The argument of the last such instruction of the final stage; empty if there is none."""
    starts = [at for at, (name, _) in enumerate(instructions(recipe)) if name == "FROM"]
    found = [rest for name, rest in instructions(recipe)[starts[-1] :] if name == word]
    return found[-1] if found else ""


def no_syntax_line(recipe: str) -> list[str]:
    """A `# syntax=` line fetches a program from a registry before it builds anything."""
    return re.findall(r"(?im)^\s*#\s*syntax\s*=.*$", recipe)


def runs_as_a_number(recipe: str) -> list[str]:
    user = last(recipe, "USER")
    return [] if re.fullmatch(r"[1-9]\d*:[1-9]\d*", user) else [f"USER {user}"]


def is_pinned(image: str) -> bool:
    """Whether an image's name says which one: a tag other than latest, or a digest."""
    _, _, tag = image.rpartition("/")[2].partition(":")
    return "@sha256:" in image or (tag != "" and not tag.startswith("latest"))


def base_is_pinned(recipe: str) -> list[str]:
    given = dict(re.findall(r"^ARG (\w+)=(\S+)", recipe.partition("FROM")[0], flags=re.MULTILINE))
    stages = {"packages", "service"}
    names = [rest.split()[0] for word, rest in instructions(recipe) if word == "FROM"]
    images = [re.sub(r"\$\{(\w+)\}", lambda m: given.get(m[1], ""), name) for name in names]
    return [image for image in images if image not in stages and not is_pinned(image)]


def packages_are_hashed(recipe: str) -> list[str]:
    """Whatever pip installs is in a lock, by hash, or was built here."""
    runs = " && ".join(rest for word, rest in instructions(recipe) if word == "RUN").split("&&")
    installs = [run.strip() for run in runs if re.search(r"\bpip\b.*\binstall\b", run)]
    return [run for run in installs if "--require-hashes" not in run and "--no-index" not in run]


def only_runtime_packages(recipe: str) -> list[str]:
    """Neither the development lock nor a test nor the embedded servers enter the image."""
    copied = " ".join(rest for word, rest in instructions(recipe) if word == "COPY")
    return re.findall(r"requirements-dev\.lock|libs/local|\bcli\b|\btests\b|COPY \. ", copied + " ")


def says_how_it_is(recipe: str) -> list[str]:
    return [] if "/healthz/live" in last(recipe, "HEALTHCHECK") else ["no HEALTHCHECK"]


def receives_signals(recipe: str) -> list[str]:
    """A shell as entry point would keep SIGTERM from the service."""
    return [] if last(recipe, "ENTRYPOINT").startswith("[") else ["ENTRYPOINT is a shell"]


RULES: dict[Rule, tuple[str, str]] = {
    no_syntax_line: ("# One recipe", "# syntax=docker/dockerfile:1\n# One recipe"),
    runs_as_a_number: ("USER 10001:10001", "USER root"),
    base_is_pinned: ("python:3.11-slim-bookworm", "python:latest"),
    packages_are_hashed: ("--require-hashes", ""),
    only_runtime_packages: ("requirements-build.lock", "requirements-dev.lock"),
    says_how_it_is: ("HEALTHCHECK", "LABEL"),
    receives_signals: ('ENTRYPOINT ["python"', 'ENTRYPOINT python "python"'),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_image_recipe_keeps(rule: Rule) -> None:
    assert rule(RECIPE) == []


@pytest.mark.parametrize(
    "rule",
    [no_syntax_line, runs_as_a_number, base_is_pinned, packages_are_hashed, receives_signals],
    ids=lambda rule: rule.__name__,
)
def test_image_of_the_journey_keeps(rule: Rule) -> None:
    assert rule(JOURNEY) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_image_rule_sees_its_violation(rule: Rule) -> None:
    before, after = RULES[rule]
    assert before in RECIPE
    assert rule(RECIPE.replace(before, after)) != []
