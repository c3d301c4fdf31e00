from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kairos_events.envelope import Envelope, Record, TombstoneError, decode, encode
from kairos_events.uuid7 import uuid7
from kairos_events.wire_text import EnvelopeError

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
MANDATORY = [
    "content-type",
    "ce_specversion",
    "ce_id",
    "ce_type",
    "ce_source",
    "ce_time",
    "ce_subject",
    "ce_dataschema",
    "ce_network",
    "ce_sequence",
]


def envelope(**changes: Any) -> Envelope:
    fields: dict[str, Any] = {
        "id": uuid7(),
        "type": "dosing.dose_administered.v1",
        "source": "urn:kairos:dosing",
        "time": datetime(2026, 3, 5, 16, 20, tzinfo=UTC),
        "subject": "0197a3c0-0000-7000-8000-000000000001",
        "dataschema": "urn:kairos:schema:dosing.dose_administered.v1:0123456789abcdef",
        "network": uuid4(),
        "sequence": 1,
        "data": b"{}",
        "key": "0197a3c0-0000-7000-8000-000000000001",
    }
    return Envelope(**(fields | changes))


def with_header(record: Record, name: str, value: bytes | None) -> list[tuple[str, bytes | None]]:
    return [(header, value if header == name else raw) for header, raw in record.headers]


envelopes = st.builds(
    Envelope,
    id=st.builds(uuid7),
    type=st.from_regex(
        r"[a-z][a-z0-9_]{0,20}(\.[a-z][a-z0-9_]{0,20}){1,2}\.v[1-9]", fullmatch=True
    ),
    source=st.sampled_from(["urn:kairos:intake", "urn:kairos:dosing"]),
    time=st.datetimes(
        min_value=datetime(1, 1, 3),  # noqa: DTZ001 - Hypothesis wants naive bounds
        max_value=datetime(9999, 12, 29),  # noqa: DTZ001
        timezones=st.integers(-1439, 1439).map(lambda m: timezone(timedelta(minutes=m))),
    ),
    subject=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=256),
    dataschema=st.sampled_from(
        [
            "urn:kairos:schema:a.b.v1:0123456789abcdef",
            "urn:kairos:schema:a.b.v1:0123456789abcdef?=beside=a.b.v2",
        ]
    ),
    network=st.uuids(),
    sequence=st.integers(1, 2**63 - 1),
    data=st.binary(min_size=1),
    key=st.none() | st.text(st.characters(exclude_categories=["Cs"])),
    traceparent=st.none() | st.just(PARENT),
)


@given(envelopes)
def test_what_is_encoded_is_decoded_unchanged(sent: Envelope) -> None:
    record = encode(sent)

    assert decode(record.key, record.value, record.headers) == sent


@given(envelopes)
def test_every_header_is_written_once_and_as_bytes(sent: Envelope) -> None:
    headers = encode(sent).headers

    assert isinstance(headers, list)
    assert len({name for name, _ in headers}) == len(headers)
    assert all(isinstance(raw, bytes) for _, raw in headers)


def test_the_wire_form_is_cloudevents_binary_binding() -> None:
    sent = envelope(traceparent=PARENT, tracestate="a=1", sequence=7)
    headers = dict(encode(sent).headers)

    assert headers == {
        "content-type": b"application/json",
        "ce_specversion": b"1.0",
        "ce_id": str(sent.id).encode(),
        "ce_type": b"dosing.dose_administered.v1",
        "ce_source": b"urn:kairos:dosing",
        "ce_time": b"2026-03-05T16:20:00Z",
        "ce_subject": sent.subject.encode(),
        "ce_dataschema": sent.dataschema.encode(),
        "ce_network": str(sent.network).encode(),
        "ce_sequence": b"7",
        "traceparent": PARENT.encode(),
        "tracestate": b"a=1",
    }
    assert encode(sent).key == sent.subject.encode()


@pytest.mark.parametrize("name", MANDATORY)
def test_a_missing_header_is_refused_by_name(name: str) -> None:
    record = encode(envelope())
    headers = [header for header in record.headers if header[0] != name]

    with pytest.raises(EnvelopeError, match=f"^{name}: missing$"):
        decode(record.key, record.value, headers)


@pytest.mark.parametrize("name", MANDATORY)
def test_a_repeated_header_is_refused_by_name(name: str) -> None:
    record = encode(envelope())
    again = next(header for header in record.headers if header[0] == name)

    with pytest.raises(EnvelopeError, match=f"^{name}: repeated$"):
        decode(record.key, record.value, [*record.headers, again])


@pytest.mark.parametrize("name", MANDATORY)
@pytest.mark.parametrize("raw", [None, b"\xff\xfe", b""])
def test_an_unreadable_header_is_refused_by_name(name: str, raw: bytes | None) -> None:
    record = encode(envelope())

    with pytest.raises(EnvelopeError, match=f"^{name}: "):
        decode(record.key, record.value, with_header(record, name, raw))


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("content-type", b"application/cloudevents+json"),
        ("ce_specversion", b"0.3"),
        ("ce_id", b"f58daca3-54ab-40b0-a30b-ab0531efc1f5"),
        ("ce_id", b"01A20EE1-65FB-725A-923B-4968CED07B33"),
        ("ce_id", b"{0197a3c0-0000-7000-8000-00000000000a}"),
        ("ce_type", b"dosing.dose_administered"),
        ("ce_type", b"dosing.dose_administered.v0"),
        ("ce_type", b"Dosing.dose_administered.v1"),
        ("ce_source", b"dosing"),
        ("ce_dataschema", b"not a uri"),
        ("ce_time", b"2026-03-05T16:20:00"),
        ("ce_time", b"2026-02-30T16:20:00Z"),
        ("ce_time", b"0001-01-01T00:00:00+14:00"),
        ("ce_time", b"1772727600"),
        ("ce_network", b"42"),
        ("ce_sequence", b"0"),
        ("ce_sequence", b"-1"),
        ("ce_sequence", b"01"),
        ("ce_sequence", b"1.0"),
        ("ce_sequence", "\u0661".encode()),
        ("ce_sequence", str(2**63).encode()),
        ("ce_subject", b"x" * 257),
    ],
)
def test_a_wrong_header_is_refused_by_name(name: str, raw: bytes) -> None:
    record = encode(envelope())

    with pytest.raises(EnvelopeError, match=f"^{name}: "):
        decode(record.key, record.value, with_header(record, name, raw))


def test_a_null_value_is_a_tombstone_and_refused() -> None:
    record = encode(envelope())

    with pytest.raises(TombstoneError):
        decode(record.key, None, record.headers)


def test_empty_data_is_refused_but_is_no_tombstone() -> None:
    record = encode(envelope())

    with pytest.raises(EnvelopeError, match=r"^data: empty$") as refused:
        decode(record.key, b"", record.headers)

    assert not isinstance(refused.value, TombstoneError)


def test_a_key_that_is_not_utf8_is_refused() -> None:
    record = encode(envelope())

    with pytest.raises(EnvelopeError, match=r"^key: not UTF-8$"):
        decode(b"\xff", record.value, record.headers)


@pytest.mark.parametrize("name", MANDATORY)
def test_a_refusal_never_repeats_the_content(name: str) -> None:
    record = encode(envelope(data=b'{"dana": "r"}'))
    headers = with_header(record, name, b"dana\xff" if name == "ce_subject" else b"dana r.")

    with pytest.raises(EnvelopeError) as refused:
        decode(b"dana", record.value, headers)

    assert "dana" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_unknown_headers_are_ignored() -> None:
    sent = envelope()
    record = encode(sent)

    assert decode(record.key, record.value, [*record.headers, ("ce_new", None)]) == sent


@pytest.mark.parametrize(
    "parent",
    ["", "junk", PARENT.upper(), PARENT.replace("00-", "ff-", 1), "00-" + "0" * 32 + PARENT[35:]],
)
def test_a_broken_trace_context_never_costs_the_event(parent: str) -> None:
    record = encode(envelope())
    headers = [*record.headers, ("traceparent", parent.encode()), ("tracestate", b"a=1")]

    received = decode(record.key, record.value, headers)

    assert received.traceparent is None
    assert received.tracestate is None
    assert "traceparent" not in dict(encode(envelope(traceparent=parent)).headers)


def test_two_trace_parents_are_none() -> None:
    record = encode(envelope(traceparent=PARENT))

    received = decode(record.key, record.value, [*record.headers, ("traceparent", PARENT.encode())])

    assert received.traceparent is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", UUID(int=0)),
        ("time", datetime(2026, 3, 5)),  # noqa: DTZ001 - the planted fault
        ("sequence", 0),
        ("type", "dose"),
        ("source", ""),
        ("data", b""),
    ],
)
def test_a_writer_cannot_make_an_invalid_envelope(field: str, value: object) -> None:
    with pytest.raises(EnvelopeError):
        envelope(**{field: value})


def test_time_is_kept_in_utc() -> None:
    noon = datetime(2026, 3, 5, 12, tzinfo=timezone(timedelta(hours=-7)))

    assert envelope(time=noon).time == datetime(2026, 3, 5, 19, tzinfo=UTC)
    assert envelope(time=noon).time.tzinfo is UTC


BESIDE = (
    "urn:kairos:schema:dosing.session_aborted.v2:0123456789abcdef?=beside=dosing.session_aborted.v1"
)


def test_a_fact_told_in_two_versions_names_the_other_in_a_header_of_its_own() -> None:
    sent = envelope(dataschema=BESIDE, type="dosing.session_aborted.v2")
    record = encode(sent)
    headers = dict(record.headers)

    assert headers["ce_dataschema"] == BESIDE.partition("?")[0].encode()
    assert headers["ce_beside"] == b"dosing.session_aborted.v1"
    received = decode(record.key, record.value, record.headers)
    assert received == sent
    assert received.beside == "dosing.session_aborted.v1"


def test_a_fact_told_once_names_no_other() -> None:
    assert envelope().beside is None
    assert "ce_beside" not in dict(encode(envelope()).headers)


@pytest.mark.parametrize("raw", [None, b"\xff", b"", b"dosing.session_aborted", b"v1"])
def test_an_unreadable_other_version_is_refused(raw: bytes | None) -> None:
    record = encode(envelope())

    with pytest.raises(EnvelopeError, match=r"^ce_beside: "):
        decode(record.key, record.value, [*record.headers, ("ce_beside", raw)])


def test_a_repeated_other_version_is_refused() -> None:
    record = encode(envelope(dataschema=BESIDE))

    with pytest.raises(EnvelopeError, match=r"^ce_beside: repeated$"):
        decode(record.key, record.value, [*record.headers, ("ce_beside", b"a.b.v1")])
