"""The 46 directed cases, by the checker and, independently, by generated instances."""

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from kairos_events.compatibility import reading_problems
from kairos_events.model import ReaderModel
from kairos_events.problem import Problem
from kairos_events.schema import Schema, SchemaShapeError, contract
from kairos_events.testing.breaking import breaking_instance, breaks, instance_refused
from kairos_events.testing.instances import instances
from pydantic import BaseModel

from .reading_pairs import PAIRS, SAFE, Pair, Verdict

CAREFUL = {"decimal_pattern back", "pattern_or_length forward"}
"""Refused without need: to prove these, patterns would have to be reasoned about."""

KNOWN_BY_CODE_ALONE = {"decimal_bounds forward", "decimal_bounds back"}
"""A bare `Decimal` bounds in code what its schema does not say."""


@dataclass(frozen=True)
class Case:
    name: str
    writer: Schema
    reader: type[BaseModel]
    verdict: Verdict

    @property
    def wanted(self) -> Schema:
        return self.reader.model_json_schema(mode="validation")


def cases_of(pair: Pair) -> list[Case]:
    directions = [
        ("forward", pair.old, pair.new, pair.forward),
        ("back", pair.new, pair.old, pair.back),
    ]
    return [
        Case(
            f"{pair.name} {direction}",
            written(pair.writer).model_json_schema(mode="serialization"),
            read(ReaderModel),
            verdict,
        )
        for direction, written, read, verdict in directions
    ]


CASES = [case for pair in PAIRS for case in cases_of(pair)]
every_case = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


def test_there_are_46_cases_and_the_careful_ones_are_listed() -> None:
    careful = {case.name for case in CASES if case.verdict.rule and not case.verdict.breaks}

    assert len({case.name for case in CASES}) == 46
    assert careful == CAREFUL


@every_case
def test_the_verdict_is_the_expected_one_and_names_path_and_rule(case: Case) -> None:
    found = reading_problems("a.b.v1", case.writer, case.wanted)

    if case.verdict == SAFE:
        assert found == []
    else:
        assert Problem("a.b.v1", case.verdict.path, case.verdict.rule) in found


@every_case
def test_an_instance_breaks_the_reader_exactly_where_expected(case: Case) -> None:
    instance = breaking_instance(case.writer, case.reader)

    assert (instance is not None) is case.verdict.breaks, instance


@every_case
def test_a_reader_known_by_its_schema_is_broken_by_an_instance_too(case: Case) -> None:
    instance = instance_refused(case.writer, case.wanted)

    if case.name in KNOWN_BY_CODE_ALONE:
        assert instance is None  # why a decimal without a pattern is refused
    else:
        assert (instance is not None) is case.verdict.breaks, instance


@every_case
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_generated_instances_are_what_the_writer_s_schema_allows(
    case: Case, data: st.DataObject
) -> None:
    value = data.draw(instances(case.writer, case.reader.model_fields))

    Draft202012Validator(case.writer, format_checker=FormatChecker()).validate(value)


@every_case
def test_references_written_in_place_change_no_verdict(case: Case) -> None:
    try:
        wanted = contract(case.reader, "validation")
    except SchemaShapeError:
        assert case.name.startswith("recursive")
        return

    assert reading_problems("a.b.v1", case.writer, wanted) == reading_problems(
        "a.b.v1", case.writer, case.wanted
    )


def test_a_break_names_event_path_rule_version_reader_and_an_instance() -> None:
    case = next(case for case in CASES if case.name == "enum back")

    found = breaks("a.b.v1", {"f00d": case.writer}, case.reader, case.wanted)

    rule = "enum_narrowed: 'oral'"
    assert found == [Problem("a.b.v1", "$.a", rule, "f00d", "Fact", '{"a": "oral"}')]
    assert str(found[0]) == (
        'a.b.v1 $.a enum_narrowed: \'oral\' (version f00d, reader Fact): {"a": "oral"}'
    )


def test_a_compatible_reader_has_no_breaks() -> None:
    case = next(case for case in CASES if case.name == "enum forward")

    assert breaks("a.b.v1", {"f00d": case.writer}, case.reader, case.wanted) == []
