"""A reader of the newest version reads what older ones told, and says which it supports."""

import json
from uuid import UUID

import pytest
from kairos_events.contract_files import packaged
from kairos_events.dosing.session_aborted_v2 import AbortCause, SessionAbortedV2, cause_of
from kairos_events.model import Reader
from kairos_events.registry import UnknownEventError
from kairos_events.upcasting import reading, upcast

V1, V2 = "dosing.session_aborted.v1", "dosing.session_aborted.v2"
SAMPLE = packaged().samples(V1)[f"{V1}.json"]


class SessionAborted(Reader, type=V2, since=1):
    session_id: UUID
    cause: AbortCause


def test_what_version_1_told_is_read_as_version_2() -> None:
    told = json.loads(SAMPLE)

    assert SessionAbortedV2.model_validate_json(upcast(SAMPLE, V1, V2)).reason == told["reason"]
    read = reading(SessionAborted, V1).from_json(SAMPLE)
    assert read == SessionAborted(
        session_id=UUID(told["session_id"]), cause=AbortCause.PATIENT_STATE
    )


def test_a_reader_names_the_versions_that_it_supports() -> None:
    class OfTheNewestAlone(Reader, type=V2):
        session_id: UUID

    assert SessionAborted.supported() == (V1, V2)
    assert OfTheNewestAlone.supported() == (V2,)


@pytest.mark.parametrize("since", [0, 3])
def test_a_reader_of_a_version_that_cannot_be_is_refused(since: int) -> None:
    with pytest.raises(TypeError, match="no version"):

        class Odd(Reader, type=V2, since=since):
            session_id: UUID


def test_a_reason_that_is_not_known_is_another_cause() -> None:
    assert cause_of("not_cleared") is AbortCause.CLEARANCE
    assert cause_of("new_in_2031") is AbortCause.OTHER


def test_data_that_cannot_be_upcast_is_refused() -> None:
    with pytest.raises(ValueError, match="not a JSON object"):
        upcast(b"[]", V1, V2)
    with pytest.raises(KeyError, match="reason"):
        upcast(b"{}", V1, V2)
    with pytest.raises(UnknownEventError):
        upcast(SAMPLE, V1, "dosing.session_aborted.v3")
