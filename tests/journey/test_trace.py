"""One trace leads from the request to the last consumer, and says nothing of the patient."""

from __future__ import annotations

import pytest
from kairos_cli.demo.journey import Played
from kairos_cli.demo.words import Words

from .collector import Collector, Span

pytestmark = pytest.mark.timeout(420)

_DISCHARGE = "POST /v1/sessions/{session_id}/discharge"
_GIVE = "POST /v1/sessions/{session_id}/administrations"
_CONFIRM = "POST /v1/patients/{patient_id}/clearance/confirmations"


def _discharged(collector: Collector) -> Span:
    return collector.find(
        lambda span: span.name == _DISCHARGE and _status(span) == "200", "the discharge"
    )


def _status(span: Span) -> str | None:
    return span.attributes.get("http.response.status_code")


def _child(collector: Collector, parent: Span, service: str, name: str) -> Span:
    def matches(span: Span) -> bool:
        return (span.service, span.name, span.parent) == (service, name, parent.id)

    return collector.find(matches, f"{name} in {service}, under {parent.name}")


def test_the_discharge_is_one_trace_from_request_to_last_consumer(
    played: Played, collector: Collector
) -> None:
    request = _discharged(collector)
    assert (request.service, request.kind, request.parent) == ("kairos-dosing", "SERVER", b"")
    sent = _child(collector, request, "kairos-dosing", "send dosing.events")
    opened = _child(collector, sent, "kairos-integration", "process dosing.events")
    noted = _child(collector, sent, "kairos-intake", "process dosing.events")
    told = _child(collector, opened, "kairos-integration", "send integration.events")
    assert [one.kind for one in (sent, opened, noted, told)] == [
        *("PRODUCER", "CONSUMER", "CONSUMER", "PRODUCER")
    ]
    assert {one.trace for one in (request, sent, opened, noted, told)} == {request.trace}
    assert sent.attributes["kairos.event.type"] == "dosing.session_discharged.v1"


def test_the_gate_s_question_to_intake_belongs_to_the_trace_of_the_dose(
    played: Played, collector: Collector
) -> None:
    given = collector.find(lambda s: s.name == _GIVE and _status(s) == "201", "the dose")
    confirmed = _child(collector, given, "kairos-intake", _CONFIRM)
    assert confirmed.trace == given.trace
    assert _status(confirmed) == "201"


def test_another_request_has_another_trace(played: Played, collector: Collector) -> None:
    given = collector.find(lambda s: s.name == _GIVE and _status(s) == "201", "the dose")
    assert given.trace != _discharged(collector).trace


def test_spans_carry_no_patient_no_key_and_no_content(
    played: Played, collector: Collector, words: Words
) -> None:
    _discharged(collector)  # sent in order: what came before it is there too
    told = [*vars_of(words), played.world.ids["patient"], str(played.world.ortiz.id)]
    leaks = [
        (span.name, value)
        for span in list(collector.spans)
        for value in told
        if value.encode() in span.raw
    ]
    assert leaks == []
    kept = {name for span in collector.spans for name in span.attributes}
    assert kept <= {
        "http.response.status_code",
        "messaging.system",
        "messaging.operation.type",
        "messaging.operation.name",
        "messaging.destination.name",
        "messaging.message.id",
        "kairos.event.type",
    }


def vars_of(words: Words) -> list[str]:
    return [getattr(words, name) for name in words.__dataclass_fields__]
