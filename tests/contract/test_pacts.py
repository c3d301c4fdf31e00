"""The pact with a partner's EHR: what it needs of our messages, written by its own test, committed,
and kept by what our services really send. Pact files in git stand in for a broker of pacts."""

import gc
import json
import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from kairos_events.contract_files import packaged
from kairos_events.envelope import encode
from kairos_events.publishing import envelope_of
from kairos_events.registry import event_for
from pact import Pact, Verifier, match
from pact.types import Message

from .sample_ehr import SampleEhr
from .test_every_event import NETWORK, RECORDED

PACTS = Path(__file__).with_name("pacts")
FILE = PACTS / "sample-ehr-kairos.json"
ID = "0197a3c0-0000-7000-8000-000000000001"
AT = "2026-03-05T16:20:00Z"
Needs = Mapping[str, Any]

# Not `regex` for a text: Pact holds it against the digits of a number as well.
_text, _id, _instant = match.type, match.type(ID), match.type(AT)
NEEDS: dict[str, Needs] = {
    "dosing.dose_administered.v1": {
        "patient_id": _id,
        "route": _text("im"),
        "product": _text("ketamine_racemic"),
        "amount_mg": _text("34"),
        "administered_at": _instant,
    },
    "dosing.session_discharged.v1": {"patient_id": _id, "discharged_at": _instant},
    "dosing.session_aborted.v2": {
        "patient_id": _id,
        "cause": _text("patient_choice"),
        "aborted_at": _instant,
    },
}
CHART = ["16:20 34 mg ketamine_racemic im", "16:20 went home", "16:20 no dose: patient_choice"]


@pytest.fixture(autouse=True)
def untracked() -> Iterator[None]:
    """Pact tells nobody that it was used."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PACT_DO_NOT_TRACK", "true")
        yield
        assert os.environ["PACT_DO_NOT_TRACK"] == "true"


def pact_of(needs: Mapping[str, Needs]) -> Pact:
    """The pact, as the partner's own test states it."""
    pact = Pact("sample-ehr", "kairos").with_specification("V4")
    for event_type, fields in needs.items():
        message = pact.upon_receiving(event_type, "Async")
        message.with_body(dict(fields), "application/json")
        message.with_metadata({"ce_type": event_type, "ce_id": match.type(ID)})
    return pact


def written(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / FILE.name).read_text("utf-8"))
    document.pop("metadata")  # which build of Pact wrote it
    return document


def sent(event_type: str, change: Callable[[dict[str, Any]], object] | None = None) -> Message:
    """What our service sends: a golden sample, encoded as the relay does it."""
    event = event_for(event_type)
    fact = event.model_validate_json(packaged().samples(event_type)[f"{event_type}.json"])
    record = encode(envelope_of(fact, network=NETWORK, sequence=1, time=RECORDED))
    told = json.loads(record.value)
    headers = {name: raw.decode() for name, raw in record.headers}
    if change is not None:
        change(told)
    return Message(
        contents=json.dumps(told).encode(),
        metadata=headers,
        content_type=headers["content-type"],
    )


def broken_by(produce: Callable[[str], Message]) -> str | None:
    """Hold messages against the committed pact; return what breaks it, or None."""
    with warnings.catch_warnings():
        # Pact leaves the socket of its relay, on the loopback, to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            return _verify(produce)
        finally:
            gc.collect()


def _verify(produce: Callable[[str], Message]) -> str | None:
    def handle(*, name: str, **_: object) -> Message:
        return produce(name)

    verifier = Verifier("kairos").message_handler(handle).add_source(FILE)
    verifier.set_coloured_output(enabled=False)
    try:
        verifier.verify()
    except RuntimeError:
        return str(verifier.output(strip_ansi=True))
    return None


def test_the_partner_can_use_what_the_pact_says() -> None:
    ehr = SampleEhr()

    pact_of(NEEDS).verify(ehr.receive, "Async")

    assert list(ehr.chart) == [ID]
    # the same id in each example: the EHR takes it for one message that came again
    assert ehr.chart[ID] == CHART[:1]


@pytest.mark.parametrize(("event_type", "line"), list(zip(NEEDS, CHART, strict=True)))
def test_the_partner_charts_each_fact(event_type: str, line: str) -> None:
    ehr = SampleEhr()

    pact_of({event_type: NEEDS[event_type]}).verify(ehr.receive, "Async")

    assert ehr.chart == {ID: [line]}


def test_the_committed_pact_is_what_the_partner_s_test_states(tmp_path: Path) -> None:
    pact_of(NEEDS).write_file(tmp_path)

    assert written(PACTS) == written(tmp_path)


def test_what_we_send_keeps_the_pact() -> None:
    assert broken_by(sent) is None


def test_what_we_send_can_be_charted() -> None:
    ehr = SampleEhr()

    for event_type in NEEDS:
        message = sent(event_type)
        ehr.receive(message["contents"], dict(message["metadata"] or {}))

    assert sum(len(lines) for lines in ehr.chart.values()) == len(NEEDS)


@pytest.mark.parametrize("field", ["amount_mg", "patient_id", "administered_at"])
def test_a_field_that_is_gone_breaks_the_pact(field: str) -> None:
    def produce(event_type: str) -> Message:
        return sent(event_type, lambda told: told.pop(field, None))

    assert f"missing the following keys: {field}" in (broken_by(produce) or "")


def test_an_amount_that_becomes_a_number_breaks_the_pact() -> None:
    def numeric(told: dict[str, Any]) -> None:
        if "amount_mg" in told:
            told["amount_mg"] = 34

    said = broken_by(lambda event_type: sent(event_type, numeric))

    assert "$.amount_mg" in (said or "")


def test_another_type_in_the_header_breaks_the_pact() -> None:
    def produce(event_type: str) -> Message:
        message = sent(event_type)
        message["metadata"] = {**(message["metadata"] or {}), "ce_type": f"{event_type[:-1]}9"}
        return message

    assert "Expected metadata key 'ce_type'" in (broken_by(produce) or "")
