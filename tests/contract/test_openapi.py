"""Each service's API is committed as a document, and no change of it breaks a caller.

The committed openapi.json is what the code says; what the last version before promised still
holds. Whoever must break it names the loss in accepted_breaks.toml.
"""

import importlib
import json
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kairos_chassis.documents import document_of, main, path_of, text_of
from kairos_chassis.http.contract import breaking_changes
from kairos_chassis.process import Service

from .small_api import API, changed
from .versions import committed_versions

SERVICES = ("intake", "scheduling", "dosing", "integration")
ACCEPTED = tomllib.loads(Path(__file__).with_name("accepted_breaks.toml").read_text())["accepted"]
ERRORS = {"400", "401", "403", "404", "409", "412", "413", "415", "422", "428", "429", "500", "503"}


def service_object(name: str) -> Service[Any]:
    """The service as its process would run it."""
    found: Service[Any] = importlib.import_module(f"{name}.wiring").SERVICE
    return found


@pytest.fixture(scope="module", params=SERVICES)
def service(request: pytest.FixtureRequest) -> Service[Any]:
    """Each service in turn."""
    return service_object(request.param)


@pytest.fixture(scope="module")
def document(service: Service[Any]) -> dict[str, Any]:
    """What the code of the service says its API is."""
    return document_of(service)


# --- what is committed ------------------------------------------------------------------------


def test_committed_document_is_what_the_code_says(service: Service[Any]) -> None:
    main([service.name, "--check"])


def test_no_two_schemas_have_one_name(document: dict[str, Any]) -> None:
    """Generated clients name a class for each: two of one name are no client."""
    assert _named_twice(document) == set()
    twice = {"a__Body": {"title": "Body"}, "b__Body": {"title": "Body"}}
    assert _named_twice({"components": {"schemas": twice}}) == {"Body"}


def _named_twice(document: dict[str, Any]) -> set[str]:
    names = [one.get("title", key) for key, one in document["components"]["schemas"].items()]
    return {name for name in names if names.count(name) > 1}


def test_stale_document_is_refused(
    document: dict[str, Any], service: Service[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stale = tmp_path / "openapi.json"
    stale.write_text(text_of({**document, "paths": {}}))
    monkeypatch.setattr("kairos_chassis.documents.path_of", lambda _: stale)

    with pytest.raises(SystemExit, match=service.name):
        main([service.name, "--check"])
    main([service.name, "--write"])
    main([service.name, "--check"])


def losses_since(document: dict[str, Any], path: Path) -> list[str]:
    """What breaks against HEAD, or where HEAD already says the same, against the version before."""
    text = text_of(document)
    for version in committed_versions(path):
        if version != text:
            return breaking_changes(json.loads(version), document)
    return []


def test_no_caller_of_the_last_version_is_broken(
    document: dict[str, Any], service: Service[Any]
) -> None:
    accepted = {one["loss"] for one in ACCEPTED if one["service"] == service.name}

    losses = losses_since(document, path_of(service.name))

    assert [loss for loss in losses if loss not in accepted] == []


def test_accepted_breaks_say_why() -> None:
    assert [one for one in ACCEPTED if not (one["service"] in SERVICES and one["why"])] == []


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one committed document."""
    path = tmp_path / "openapi.json"
    path.write_text(text_of(API))
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    commit(tmp_path)
    return path


def git(folder: Path, *arguments: str) -> None:
    settings = ("user.name=a", "user.email=a@example.org", "commit.gpgsign=false")
    options = [word for setting in settings for word in ("-c", setting)]
    subprocess.run(["git", "-C", folder, *options, *arguments], check=True, capture_output=True)


def commit(folder: Path) -> None:
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "Say what is")


def test_break_is_seen_before_and_after_its_commit(repository: Path) -> None:
    broken = changed(lambda api: api["paths"]["/v1/doses"].pop("post"))
    assert losses_since(API, repository) == []

    repository.write_text(text_of(broken))
    before = losses_since(broken, repository)
    commit(repository.parent)
    after = losses_since(broken, repository)

    assert before == after == ["POST /v1/doses: removed"]


# --- what every document holds ----------------------------------------------------------------


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation, with its name."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def faults_of(document: dict[str, Any]) -> Iterator[str]:
    """What an operation owes its readers and does not say."""
    seen: set[str] = set()
    for name, operation in operations(document):
        if not operation.get("x-kairos-action") or not operation.get("x-kairos-roles"):
            yield f"{name}: names no policy"
        # Only where a secret in the address stands for a token is none asked for.
        by_address = "{capability}" in name
        if operation.get("security") != ([] if by_address else [{"bearer": []}]):
            yield f"{name}: asks for no token"
        for status in sorted(ERRORS):
            response = operation["responses"].get(status, {})
            named = response.get("$ref", "").rpartition("/")[2]
            response = document["components"]["responses"].get(named, response)
            content = response.get("content", {})
            if list(content) != ["application/problem+json"]:
                yield f"{name}: {status} is no problem document"
        if operation["operationId"] in seen:
            yield f"{name}: operationId {operation['operationId']} is taken"
        seen.add(operation["operationId"])
    for reference in references(document):
        if not leads_somewhere(document, reference):
            yield f"{reference} leads nowhere"


def references(part: Any) -> set[str]:
    """Every $ref below a part of a document."""
    if isinstance(part, list):
        return {found for one in part for found in references(one)}
    if not isinstance(part, dict):
        return set()
    own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
    return own | {found for one in part.values() for found in references(one)}


def leads_somewhere(document: Any, reference: str) -> bool:
    """Whether a reference names a part of the document."""
    for name in reference.removeprefix("#/").split("/"):
        if not isinstance(document, dict) or name not in document:
            return False
        document = document[name]
    return True


def test_every_operation_says_what_its_readers_need(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert list(operations(document))
    assert list(faults_of(document)) == []


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda o: o.pop("x-kairos-action"), "names no policy"),
        (lambda o: o.update({"x-kairos-roles": []}), "names no policy"),
        (lambda o: o.pop("security"), "asks for no token"),
        (lambda o: o["responses"].pop("409"), "409 is no problem document"),
        (
            lambda o: o["responses"].update({"422": {"content": {"application/json": {}}}}),
            "422 is no problem document",
        ),
    ],
)
def test_operation_that_says_too_little_is_found(
    spoil: Callable[[Any], object], fault: str
) -> None:
    document = document_of(service_object("integration"))
    name, operation = next(operations(document))
    spoil(operation)

    assert f"{name}: {fault}" in list(faults_of(document))


def test_shared_operation_id_and_lost_reference_are_found() -> None:
    document = document_of(service_object("integration"))
    (_, one), (name, other) = list(operations(document))[:2]
    other["operationId"] = one["operationId"]
    del document["components"]["schemas"]["EpisodeView"]

    found = list(faults_of(document))

    assert f"{name}: operationId {one['operationId']} is taken" in found
    assert "#/components/schemas/EpisodeView leads nowhere" in found
