"""The checker against schemas that nobody wrote: chance writes them, a validator judges."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from jsonschema import Draft202012Validator
from kairos_events.compatibility import reading_problems
from kairos_events.schema import Schema
from kairos_events.testing.instances import instances

Problems = Callable[[Schema, Schema], list[str]]

ENDS = st.integers(0, 3)
NODE = {"$ref": "#/$defs/Node"}


def described(kind: str, **optional: Any) -> st.SearchStrategy[Schema]:
    return st.fixed_dictionaries({"type": st.just(kind)}, optional=optional)


RANGE = {
    **{"minimum": ENDS, "exclusiveMinimum": ENDS},
    **{"maximum": ENDS.map(lambda end: end + 5), "exclusiveMaximum": ENDS.map(lambda end: end + 5)},
}
LEAVES = st.one_of(
    described("integer", **RANGE),
    described("number", **RANGE),
    described("string", minLength=st.integers(0, 2), maxLength=st.integers(2, 4)),
    st.lists(st.sampled_from(["a", "bb", 1, True, None]), min_size=1, unique_by=repr).map(
        lambda values: {"enum": values}
    ),
    st.sampled_from([{"const": "a"}, {"type": "boolean"}, {"type": "null"}, NODE]),
)


def containers(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    return st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"anyOf": parts}),
        st.dictionaries(st.sampled_from("ab"), inner, min_size=1).map(tagged),
        described("array", items=inner, minItems=st.integers(0, 1), maxItems=st.integers(1, 3)),
        st.lists(inner, min_size=1, max_size=2).map(
            lambda parts: {
                **{"type": "array", "prefixItems": parts},
                **{"minItems": len(parts), "maxItems": len(parts)},
            }
        ),
        described(
            "object",
            properties=st.dictionaries(st.sampled_from("xyz"), inner, max_size=2),
            additionalProperties=st.just(False) | inner,
        ).flatmap(with_required),
    )


def tagged(members: dict[str, Schema]) -> Schema:
    return {
        "oneOf": [
            {
                **{"type": "object", "required": ["tag"], "additionalProperties": False},
                "properties": {"tag": {"const": tag}, "x": member},
            }
            for tag, member in members.items()
        ],
        "discriminator": {"propertyName": "tag"},
    }


def with_required(schema: Schema) -> st.SearchStrategy[Schema]:
    names = sorted(schema.get("properties", {}))
    some = st.lists(st.sampled_from(names), unique=True) if names else st.just([])
    return some.map(lambda required: {**schema, "required": required})


def document(schema: Schema, value: Schema) -> Schema:
    node = {
        **{"type": "object", "required": ["value"], "additionalProperties": False},
        "properties": {"value": value, "next": {"anyOf": [NODE, {"type": "null"}]}},
    }
    return {**schema, "$defs": {"Node": node}}


def changed(schema: Any, at: Random) -> Any:
    """The schema with a few bounds moved and branches, fields or keywords left out."""
    if isinstance(schema, list):
        kept = [changed(part, at) for part in schema if at.random() > 0.05]
        return kept or schema
    if isinstance(schema, int) and not isinstance(schema, bool):
        return max(0, schema + at.choice([-1, 0, 0, 0, 0, 1]))
    if not isinstance(schema, dict) or schema == NODE:
        return schema
    return {
        key: part if key in {"const", "discriminator"} else changed(part, at)
        for key, part in schema.items()
        if key in {"$defs", "Node", "properties", "type", "propertyName"} or at.random() > 0.03
    }


@st.composite
def triples(draw: st.DrawFn, problems: Problems) -> tuple[Schema, Schema, Any] | None:
    """A writer, a reader that `problems` finds no fault with, and an instance of the writer."""
    writer = document(draw(st.recursive(LEAVES, containers, max_leaves=4)), draw(LEAVES))
    reader = changed(writer, Random(draw(st.integers(0, 2**32))))
    if problems(writer, reader):
        return None
    value = draw(instances(writer, ["x", "y", "z"]))
    return (writer, reader, value) if Draft202012Validator(writer).is_valid(value) else None


def refuted(problems: Problems, tries: int) -> Any:
    """Search for a pair called compatible and an instance that refutes it."""
    return find(
        triples(problems),
        lambda found: found is not None and not Draft202012Validator(found[1]).is_valid(found[2]),
        settings=settings(
            max_examples=tries,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
        random=Random(1),
    )


def rules(writer: Schema, reader: Schema) -> list[str]:
    return [problem.rule for problem in reading_problems("a.b.v1", writer, reader)]


def test_no_generated_pair_is_called_compatible_that_an_instance_refutes() -> None:
    with pytest.raises(NoSuchExample):
        refuted(rules, tries=100)


@pytest.mark.parametrize("blind", ["narrowed", "enum_narrowed"])
def test_a_checker_blind_to_a_rule_is_found_out(blind: str) -> None:
    def careless(writer: Schema, reader: Schema) -> list[str]:
        return [rule for rule in rules(writer, reader) if not rule.startswith(blind)]

    writer, reader, value = refuted(careless, tries=200)

    assert rules(writer, reader), value
