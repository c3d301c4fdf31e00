"""Every consumer against every version that a writer may have written.

A service declares what it reads as `Reader` classes in `<service>.consume`. Each of them must
accept every blessed version of its event, also of the older major versions that it names, and
`topics.toml` must name its service as a consumer. Nothing blessed is ever withdrawn, so the
versions still in retention are among them.
"""

import json
from collections.abc import Mapping
from types import ModuleType
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kairos_events.commands.documents import manifests
from kairos_events.compatibility import field_paths, reading_problems
from kairos_events.contract_files import packaged
from kairos_events.declared import readers_in, readers_of
from kairos_events.fields import Codes, ExactDecimal, Route
from kairos_events.model import Reader
from kairos_events.problem import Problem
from kairos_events.registry import SERVICES, event_for, events
from kairos_events.schema import Schema, contract
from kairos_events.testing.breaking import breaks
from kairos_events.testing.instances import instances
from kairos_events.topics import topics
from kairos_events.upcasting import reading

# Services that read nobody's events. A service that declares readers must not be here, nor may one
# that declares none be absent.
WITHOUT_READERS: set[str] = set()

FILES = packaged()


def reader_problems(reader: type[Reader], versions: Mapping[str, Schema]) -> list[Problem]:
    """Why a reader does not fit what its event's writers may write; `versions` are all blessed."""
    wanted = contract(reader, "validation")
    found = [
        problem
        for version in versions.values()
        for problem in reading_problems(reader.type, version, wanted)
    ]
    known = set[str]().union(*(field_paths(version) for version in versions.values()))
    return found + [
        Problem(reader.type, path, "never_written: no version has this field")
        for path in sorted(field_paths(wanted) - known)
    ]


DECLARED = [(service, reader) for service in SERVICES for reader in readers_of(service)]
every_reader = pytest.mark.parametrize(
    ("service", "reader"), DECLARED, ids=[f"{service}-{r.__name__}" for service, r in DECLARED]
)


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_declares_what_it_reads(service: str) -> None:
    assert bool(readers_of(service)) is (service not in WITHOUT_READERS)


@every_reader
def test_every_reader_accepts_every_blessed_version(service: str, reader: type[Reader]) -> None:
    assert reader.type in events(), f"{service} reads an event that nobody writes"
    versions = FILES.blessed(reader.type)
    found = breaks(reader.type, versions, reader, contract(reader, "validation"))

    assert [str(one) for one in found] == []
    assert reader_problems(reader, versions) == []


@every_reader
def test_every_reader_reads_every_golden_sample(service: str, reader: type[Reader]) -> None:
    for version in reader.supported():
        samples = FILES.samples(version)

        assert samples, f"{service} reads an event without samples"
        for sample in samples.values():
            read_as(reader, version, sample)


@every_reader
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_reader_reads_whatever_a_writer_may_write(
    service: str, reader: type[Reader], data: st.DataObject
) -> None:
    for version in reader.supported():
        for schema in FILES.blessed(version).values():
            read_as(reader, version, json.dumps(data.draw(instances(schema))).encode())


def read_as(reader: type[Reader], version: str, data: bytes) -> Reader:
    """Read data of one of the versions that a reader supports."""
    return (reader if version == reader.type else reading(reader, version)).from_json(data)


@pytest.mark.parametrize("service", SERVICES)
def test_the_readers_manifest_says_what_each_service_reads(service: str) -> None:
    assert manifests(FILES)[service].is_current(), "run `python -m kairos_events docs`"


@every_reader
def test_every_reader_s_service_is_listed_as_a_consumer(service: str, reader: type[Reader]) -> None:
    for version in reader.supported():
        assert service in topics()[event_for(version).topic].consumers


def test_every_service_listed_as_a_consumer_reads_from_that_topic() -> None:
    read = {(event_for(reader.type).topic, service) for service, reader in DECLARED}
    listed = {
        (topic.name, consumer)
        for topic in topics().values()
        for consumer in topic.consumers
        if consumer in SERVICES
    }

    assert listed - read == set()


# Each of the rules above bites: readers planted against a real event.

DOSE = "dosing.dose_administered.v1"


class Sound(Reader, type=DOSE):
    patient_id: UUID
    route: Route
    amount_mg: ExactDecimal | str


class OfAMissingField(Reader, type=DOSE):
    patient_name: str


class OfAFieldNeverWritten(Reader, type=DOSE):
    amount_ug: str | None = None


class OfANumber(Reader, type=DOSE):
    amount_mg: float


class OfAList(Reader, type=DOSE):
    route: Codes


def _problems(reader: type[Reader]) -> list[tuple[str, str]]:
    found = reader_problems(reader, FILES.blessed(DOSE))
    return [(problem.path, problem.rule.partition(":")[0]) for problem in found]


def test_a_sound_reader_passes() -> None:
    assert _problems(Sound) == []


@pytest.mark.parametrize(
    ("reader", "problem"),
    [
        (OfAMissingField, ("$.patient_name", "field_not_always_written")),
        (OfAFieldNeverWritten, ("$.amount_ug", "never_written")),
        (OfANumber, ("$.amount_mg", "type_changed")),
        (OfAList, ("$.route", "type_changed")),
    ],
)
def test_a_reader_that_does_not_fit_is_named(
    reader: type[Reader], problem: tuple[str, str]
) -> None:
    assert problem in _problems(reader)


def test_what_breaks_a_reader_is_shown_with_the_version_and_an_instance() -> None:
    versions = FILES.blessed(DOSE)

    found = breaks(DOSE, versions, OfAMissingField, contract(OfAMissingField, "validation"))

    assert {one.version for one in found} == versions.keys()
    assert {one.reader for one in found} == {"OfAMissingField"}
    for one in found:
        assert one.instance is not None
        with pytest.raises(ValueError, match="patient_name"):
            OfAMissingField.from_json(one.instance.encode())


def test_a_reader_that_fits_the_newest_version_only_is_named() -> None:
    newest = next(iter(FILES.blessed(DOSE).values()))
    older = {**newest, "required": [name for name in newest["required"] if name != "route"]}

    found = reader_problems(Sound, {"newest": newest, "older": older})

    assert [(problem.path, problem.rule) for problem in found] == [
        ("$.route", "field_not_always_written")
    ]


def test_readers_are_found_in_a_module() -> None:
    module = ModuleType("planted")
    vars(module).update(Reader=Reader, Sound=Sound, other=Sound, number=1)

    assert readers_in(module) == [Sound]


def test_a_service_without_consume_declares_no_readers() -> None:
    assert readers_of("kairos_events") == []
