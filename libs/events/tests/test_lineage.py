"""Each rule over the major versions of an event bites."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from kairos_events.contract_files import ContractFiles
from kairos_events.fields import Code, Codes
from kairos_events.lineage import downcast_problems, is_published, lineage_problems
from kairos_events.model import PublicEvent

Plant = Callable[[type[PublicEvent], str], Path]
Event = type[PublicEvent]

ID = "0197a3c0-0000-7000-8000-000000000001"
ONE = f'{{"patient_id": "{ID}", "kind": "good"}}'
TWO = f'{{"patient_id": "{ID}", "kinds": ["good"]}}'
V1, V2, V3 = (f"dosing.done.v{major}" for major in (1, 2, 3))
AT_HOME: dict[str, Any] = {"topic": "dosing.events", "key": "patient_id"}


class DoneV1(PublicEvent, type=V1, beside=V2, **AT_HOME):
    patient_id: UUID
    kind: Code


class DoneV2(PublicEvent, type=V2, beside=V1, **AT_HOME):
    patient_id: UUID
    kinds: Codes

    def as_previous(self) -> DoneV1:
        return DoneV1(patient_id=self.patient_id, kind=self.kinds[0])

    @classmethod
    def from_previous(cls, told: Mapping[str, Any]) -> dict[str, Any]:
        return {"patient_id": told["patient_id"], "kinds": [told["kind"]]}


class Silent(PublicEvent, type=V2, beside=V1, **AT_HOME):
    patient_id: UUID
    kinds: Codes


class Alone(DoneV2, type=V2, **AT_HOME):
    pass


class FarV3(DoneV2, type=V3, beside=V1, **AT_HOME):
    pass


class OfAnother(DoneV2, type=V2, beside="dosing.begun.v1", **AT_HOME):
    pass


class Begun(PublicEvent, type="dosing.begun.v1", beside=V2, **AT_HOME):
    patient_id: UUID


@pytest.fixture
def samples(files: ContractFiles, plant: Plant) -> ContractFiles:
    plant(DoneV1, ONE)
    plant(DoneV2, TWO)
    (files.examples / f"{V2}.from_v1.json").write_text(TWO)
    return files


def rules(event: Event, events: Mapping[str, Event], files: ContractFiles) -> set[str]:
    return {p.rule.partition(":")[0] for p in lineage_problems(event, events, files)}


def test_two_versions_side_by_side_have_no_problem(samples: ContractFiles) -> None:
    both: dict[str, Event] = {V1: DoneV1, V2: DoneV2}

    assert rules(DoneV1, both, samples) == rules(DoneV2, both, samples) == set()
    assert is_published(V1, both)
    assert is_published(V2, both)


def test_an_older_version_is_published_until_its_successor_stands_alone() -> None:
    assert is_published(V1, {V1: DoneV1})
    assert not is_published(V1, {V1: DoneV1, V2: Alone})


@pytest.mark.parametrize(
    ("event", "events", "rule"),
    [
        (DoneV2, {V2: DoneV2}, "beside_disagrees"),
        (DoneV2, {V2: DoneV2}, "no_version_before"),
        (DoneV1, {V1: DoneV1, V2: Alone}, "beside_disagrees"),
        (OfAnother, {V1: DoneV1, V2: OfAnother, "dosing.begun.v1": Begun}, "beside_disagrees"),
        (Silent, {V1: DoneV1, V2: Silent}, "no_upcaster"),
        (Silent, {V1: DoneV1, V2: Silent}, "not_told_before"),
        (FarV3, {V1: DoneV1, V3: FarV3}, "beside_disagrees"),
    ],
)
def test_a_version_that_does_not_fit_its_neighbours_is_named(
    samples: ContractFiles, event: Event, events: dict[str, Event], rule: str
) -> None:
    assert rule in rules(event, events, samples)


def test_an_older_sample_without_its_upcast_is_named(samples: ContractFiles) -> None:
    (samples.examples / f"{V1}.rare.json").write_text(ONE)

    found = lineage_problems(DoneV2, {V1: DoneV1, V2: DoneV2}, samples)

    assert [(p.path, p.rule.partition(":")[0]) for p in found] == [
        (f"{V2}.from_v1.rare.json", "no_upcast_sample")
    ]


@pytest.mark.parametrize(
    ("older", "rule"),
    [(ONE.replace("good", "bad"), "upcast_changed"), (TWO, "upcast_failed")],
)
def test_an_upcast_that_says_something_else_than_ever_is_named(
    samples: ContractFiles, older: str, rule: str
) -> None:
    (samples.examples / f"{V1}.json").write_text(older)

    assert rules(DoneV2, {V1: DoneV1, V2: DoneV2}, samples) == {rule}


def test_a_fact_that_the_older_version_cannot_tell_is_named() -> None:
    class Wordy(DoneV2, type=V2, beside=V1, **AT_HOME):
        def as_previous(self) -> DoneV1:
            return DoneV1(patient_id=self.patient_id, kind="Not a code")

    assert downcast_problems(DoneV2, TWO.encode()) == []
    assert [p.rule for p in downcast_problems(Wordy, TWO.encode())] == [
        "not_told_before: ValidationError"
    ]
    assert [p.rule for p in downcast_problems(Silent, TWO.encode())] == [
        "not_told_before: TypeError"
    ]
