from datetime import UTC, datetime

import pytest
from kairos_events.envelope import TombstoneError, decode
from kairos_events.heartbeat import decode_heartbeat, encode_heartbeat, heartbeat, is_heartbeat
from kairos_events.wire_text import EnvelopeError

BEAT = heartbeat("urn:kairos:dosing", datetime(2026, 3, 5, 16, tzinfo=UTC))


def test_a_heartbeat_is_decoded_unchanged() -> None:
    record = encode_heartbeat(BEAT)

    assert is_heartbeat(record.headers)
    assert decode_heartbeat(record.key, record.value, record.headers) == BEAT


def test_a_heartbeat_has_no_key_no_sequence_and_no_network() -> None:
    record = encode_heartbeat(BEAT)

    assert record.key is None
    assert {"ce_sequence", "ce_network"}.isdisjoint(dict(record.headers))


def test_a_heartbeat_is_never_taken_for_a_fact() -> None:
    record = encode_heartbeat(BEAT)

    with pytest.raises(EnvelopeError):
        decode(record.key, record.value, record.headers)


def test_a_record_without_type_is_no_heartbeat() -> None:
    assert not is_heartbeat([("ce_source", b"kairos.heartbeat.v1")])


@pytest.mark.parametrize("name", ["ce_sequence", "ce_network"])
def test_a_heartbeat_with_a_fact_s_header_is_refused(name: str) -> None:
    record = encode_heartbeat(BEAT)

    with pytest.raises(EnvelopeError, match=f"^{name}: "):
        decode_heartbeat(None, record.value, [*record.headers, (name, b"1")])


def test_a_heartbeat_with_key_or_without_value_is_refused() -> None:
    record = encode_heartbeat(BEAT)

    with pytest.raises(EnvelopeError, match=r"^key: "):
        decode_heartbeat(b"k", record.value, record.headers)
    with pytest.raises(TombstoneError):
        decode_heartbeat(None, None, record.headers)


def test_a_heartbeat_of_a_naive_time_cannot_be_made() -> None:
    with pytest.raises(EnvelopeError, match=r"^ce_time: "):
        heartbeat("urn:kairos:dosing", datetime(2026, 3, 5))  # noqa: DTZ001 - the planted fault
