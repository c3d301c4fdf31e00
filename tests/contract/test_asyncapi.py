"""The AsyncAPI document is one, by the word of AsyncAPI's own parser, and says what the bus does.

The parser runs on Node.js: `make contract` installs it where npm is. Without Node there is nobody
to ask, except on CI, where that is an error.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from kairos_events.contract_files import packaged
from kairos_events.envelope import encode
from kairos_events.heartbeat import HEARTBEAT_TYPE
from kairos_events.publishing import envelope_of
from kairos_events.registry import events, events_on
from kairos_events.topics import topics

from .test_every_event import NETWORK, RECORDED

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docs" / "asyncapi.json"
TOOL = ROOT / "tools" / "asyncapi"
DOCUMENT: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
MESSAGES: dict[str, Any] = DOCUMENT["components"]["messages"]


@pytest.fixture(scope="module")
def parser() -> Path:
    """The parser as installed from the committed lock file."""
    if shutil.which("node") is None or not (TOOL / "node_modules").is_dir():
        assert "CI" not in os.environ, "CI installs Node.js and the parser: see .ci/run"
        pytest.skip("Node.js or the parser is not here: `make contract` installs it where npm is")
    return TOOL / "validate.mjs"


def ask(parser: Path, file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["node", str(parser), str(file)], capture_output=True, text=True, check=False
    )


def test_the_parser_finds_the_document_valid_and_every_event_in_it(parser: Path) -> None:
    ran = ask(parser, FILE)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    found = json.loads(ran.stdout)
    assert found["version"] == "3.0.0"
    assert set(found["messages"]) == {*events(), HEARTBEAT_TYPE}
    assert set(found["channels"]) == set(topics())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"action": "send"', '"action": "shout"'),
        ('"$ref": "#/channels/dosing.events"', '"$ref": "#/channels/nowhere"'),
        ('"type": "object"', '"type": "thing"'),
    ],
)
def test_the_parser_refuses_a_document_that_is_none(
    parser: Path, tmp_path: Path, before: str, after: str
) -> None:
    text = FILE.read_text("utf-8")
    assert before in text
    broken = tmp_path / "asyncapi.json"
    broken.write_text(text.replace(before, after), "utf-8")

    assert ask(parser, broken).returncode == 1


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((TOOL / "package-lock.json").read_text("utf-8"))

    assert [name for name, one in lock["packages"].items() if "resolved" in one] == []
    assert all("integrity" in one for name, one in lock["packages"].items() if name)


def test_every_topic_carries_just_its_events() -> None:
    for name, channel in DOCUMENT["channels"].items():
        assert set(channel["messages"]) == {
            *(event.type for event in events_on(name)),
            HEARTBEAT_TYPE,
        }


@pytest.mark.parametrize("event", events().values(), ids=list(events()))
def test_what_is_sent_is_what_the_document_says(event: Any) -> None:
    message = MESSAGES[event.type]
    payload = Draft202012Validator(message["payload"], format_checker=FormatChecker())
    headers = Draft202012Validator({"components": DOCUMENT["components"], **message["headers"]})

    for sample in packaged().samples(event.type).values():
        fact = event.model_validate_json(sample)
        record = encode(envelope_of(fact, network=NETWORK, sequence=1, time=RECORDED))
        payload.validate(json.loads(record.value))
        headers.validate({name: raw.decode() for name, raw in record.headers})


def test_a_header_that_the_document_does_not_allow_is_found() -> None:
    message = MESSAGES["dosing.session_aborted.v2"]
    headers = Draft202012Validator({"components": DOCUMENT["components"], **message["headers"]})

    assert not headers.is_valid({"ce_type": "dosing.session_aborted.v2"})
