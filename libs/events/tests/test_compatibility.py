"""The checker against pairs with a known answer, and against an independent validator."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from kairos_events.compatibility import extension_problems, field_paths, reading_problems
from kairos_events.schema import Schema

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer", "minimum": 0, "maximum": 9}
NULL: Schema = {"type": "null"}
NOT_TOLD_APART = "not_understood: oneOf without a required constant in each branch"


def closed(required: list[str], **properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def opened(required: list[str], **properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": required}


def enum(*values: Any) -> Schema:
    return {"type": "string", "enum": list(values)}


TUPLE: Schema = {"type": "array", "prefixItems": [TEXT, WHOLE], "minItems": 2, "maxItems": 2}
TAGGED: Schema = {
    "oneOf": [closed(["kind"], kind=enum("a")), closed(["kind"], kind={"const": "b"})],
    "discriminator": {"propertyName": "kind"},
}
OLD = closed(["a", "b"], a=TEXT, b=WHOLE)


@pytest.mark.parametrize(
    ("new", "path", "rule"),
    [
        (closed(["a", "c"], a=TEXT, c=WHOLE), "$.b", "field_removed"),
        (closed(["a"], a=TEXT), "$.b", "field_removed"),
        (closed(["a"], a=TEXT, b=WHOLE), "$.b", "field_no_longer_required"),
        (closed(["a", "b", "c"], a=TEXT, b=WHOLE, c=TEXT), "$.c", "field_newly_required"),
        (closed(["a", "b"], a=TEXT, b=TEXT), "$.b", "field_changed"),
        (closed(["a", "b"], a=TEXT, b=WHOLE | {"maximum": 8}), "$.b", "field_changed"),
        (opened(["a", "b"], a=TEXT, b=WHOLE), "$", "event_changed: additionalProperties"),
    ],
)
def test_within_a_version_any_other_change_than_an_added_optional_field_is_refused(
    new: Schema, path: str, rule: str
) -> None:
    problems = extension_problems("a.b.v1", OLD, new)

    assert (path, rule) in {(problem.path, problem.rule) for problem in problems}
    assert {problem.event for problem in problems} == {"a.b.v1"}


def test_within_a_version_an_optional_field_may_be_added() -> None:
    new = closed(["b", "a"], a=TEXT, b=WHOLE, c={"anyOf": [TEXT, NULL]})

    assert extension_problems("a.b.v1", OLD, new) == []
    assert extension_problems("a.b.v1", OLD, OLD) == []


@pytest.mark.parametrize(
    ("writer", "reader"),
    [
        (OLD, opened(["a"], a=TEXT)),
        (OLD, opened([], a=TEXT, later=WHOLE)),
        (closed(["r"], r=enum("iv", "im")), opened(["r"], r=enum("im", "iv", "oral"))),
        (closed(["r"], r=enum("iv", "im")), opened(["r"], r=TEXT)),
        (closed(["r"], r=TEXT), opened(["r"], r={"anyOf": [TEXT, NULL]})),
        (closed(["r"], r=WHOLE), opened(["r"], r={"type": "number"})),
        (closed(["r"], r={"const": "v1"}), opened(["r"], r={"const": "v1"})),
        (closed(["r"], r={"type": "array", "items": OLD}),
         opened(["r"], r={"type": "array", "items": opened(["b"], b=WHOLE)})),
        (closed(["r"], r={"enum": ["a", 1]}), opened(["r"], r={"anyOf": [TEXT, WHOLE]})),
        (closed(["r"], r={"type": "integer", "exclusiveMinimum": -1}),
         opened(["r"], r={"type": "integer", "minimum": 0})),
        (closed(["r"], r=TUPLE), opened(["r"], r=TUPLE | {"prefixItems": [TEXT]})),
        (closed(["r"], r={"oneOf": [TEXT, NULL]}), opened(["r"], r={"anyOf": [NULL, TEXT]})),
        (closed(["r"], r=TAGGED), opened(["r"], r=TAGGED)),
        (closed(["r"], r=enum("im", "iv")), opened(["r"], r=TEXT | {"pattern": "^[a-z]{2}$"})),
        (OLD, {}),
        (OLD, True),
    ],
)  # fmt: skip
def test_a_reader_that_accepts_all_that_is_written_is_compatible(
    writer: Schema, reader: Schema
) -> None:
    assert reading_problems("a.b.v1", writer, reader) == []


@pytest.mark.parametrize(
    ("writer", "reader", "path", "rule"),
    [
        (OLD, opened(["c"], c=TEXT), "$.c", "field_not_always_written"),
        (closed([], a=TEXT), opened(["a"], a=TEXT), "$.a", "field_not_always_written"),
        (OLD, opened(["b"], b=TEXT), "$.b", "type_changed: integer is read as string"),
        (OLD, opened(["b"], b=WHOLE | {"maximum": 8}), "$.b", "narrowed: maximum"),
        (OLD, opened(["b"], b=WHOLE | {"minimum": 1}), "$.b", "narrowed: minimum"),
        (OLD, opened(["b"], b={"type": "integer", "exclusiveMinimum": 0}), "$.b",
         "narrowed: exclusiveMinimum"),
        (OLD, opened(["a"], a=TEXT | {"pattern": "^a$"}), "$.a", "pattern_changed"),
        (OLD, opened(["a"], a=TEXT | {"format": "uuid"}), "$.a", "format_changed"),
        (OLD, opened(["a"], a=TEXT | {"maxLength": 5}), "$.a", "narrowed: maxLength"),
        (OLD, opened(["a"], a=TEXT | {"minLength": 1}), "$.a", "narrowed: minLength"),
        (OLD, opened(["a"], a=enum("x")), "$.a", "enum_narrowed: the writer names no values"),
        (OLD, closed(["a"], a=TEXT), "$.b", "reader_is_closed"),
        (closed(["r"], r=enum("iv", "im")), opened(["r"], r=enum("iv")), "$.r",
         "enum_narrowed: 'im'"),
        (closed(["r"], r={"const": "v2"}), opened(["r"], r={"const": "v1"}), "$.r",
         "enum_narrowed: 'v2'"),
        (closed(["r"], r={"enum": [1]}), opened(["r"], r={"enum": [True]}), "$.r",
         "enum_narrowed: 1"),
        (closed(["r"], r=enum("im", "iv")), opened(["r"], r=enum("im", "iv") | {"pattern": "^im$"}),
         "$.r", "pattern_changed"),
        (closed(["r"], r=enum("im", "oral")), opened(["r"], r=TEXT | {"pattern": "^[a-z]{2}$"}),
         "$.r", "pattern_changed"),
        (closed(["r"], r=enum("im")), opened(["r"], r=TEXT | {"pattern": r"^\w{2}$"}), "$.r",
         "pattern_changed"),
        (closed(["r"], r=enum("im")), opened(["r"], r=TEXT | {"pattern": "^(?i:IM)$"}), "$.r",
         "pattern_changed"),
        (closed(["r"], r={"anyOf": [TEXT, NULL]}), opened(["r"], r=TEXT), "$.r",
         "type_changed: null is read as string"),
        (closed(["r"], r={"type": "array", "items": OLD}),
         opened(["r"], r={"type": "array", "items": opened(["c"], c=TEXT)}), "$.r[].c",
         "field_not_always_written"),
        (closed(["r"], r={"type": "array", "items": TEXT}),
         opened(["r"], r={"type": "array", "items": TEXT, "uniqueItems": True}), "$.r",
         "uniqueItems_changed"),
        (closed(["r"], r=TUPLE), opened(["r"], r=TUPLE | {"prefixItems": [TEXT, TEXT]}), "$.r[1]",
         "type_changed: integer is read as string"),
        (closed(["r"], r={"type": "array", "items": TEXT}), opened(["r"], r=TUPLE), "$.r[1]",
         "type_changed: string is read as integer"),
        (closed(["r"], r=TEXT), opened(["r"], r={"oneOf": [TEXT, NULL]}), "$.r", NOT_TOLD_APART),
        (closed(["r"], r=TAGGED),
         opened(["r"], r=TAGGED | {"oneOf": [TAGGED["oneOf"][0], TAGGED["oneOf"][0]]}), "$.r",
         NOT_TOLD_APART),
        (closed(["r"], r=TEXT), opened(["r"], r={"anyOf": [TEXT, {"type": "number"}]}), "$.r",
         "not_understood: a decimal without pattern"),
        (closed(["r"], r={"type": "number", "exclusiveMinimum": -1}),
         opened(["r"], r={"type": "number", "minimum": 0}), "$.r", "narrowed: minimum"),
        (opened(["a"], a=TEXT), opened([], b=WHOLE), "$.b", "not_understood: any value, or none"),
    ],
)  # fmt: skip
def test_a_reader_that_may_refuse_what_is_written_is_named_with_path_and_rule(
    writer: Schema, reader: Schema, path: str, rule: str
) -> None:
    problems = reading_problems("a.b.v1", writer, reader)

    assert (path, rule) in {(problem.path, problem.rule) for problem in problems}


@pytest.mark.parametrize(
    "strange",
    [
        {"$ref": "#/$defs/x"},
        {"allOf": [TEXT]},
        {"not": NULL},
        {"type": ["string", "null"]},
        {"type": "object", "patternProperties": {"^a": TEXT}},
        {"type": "number", "multipleOf": 2},
        {"anyOf": [TEXT], "maxLength": 3},
        {"enum": ["a"], "const": "a"},
        False,
    ],
)
def test_what_is_not_understood_is_refused_on_either_side(strange: Any) -> None:
    for writer, reader in ((strange, TEXT), (TEXT, strange), (strange, strange)):
        problems = reading_problems("a.b.v1", closed(["r"], r=writer), opened(["r"], r=reader))

        assert any(problem.rule.startswith("not_understood") for problem in problems)


def endless(value: Schema) -> Schema:
    """A list in which each link holds a value and the rest of the list, or null."""
    link = closed(["value"], value=value, rest={"anyOf": [{"$ref": "#/$defs/Link"}, NULL]})
    return {"$defs": {"Link": link}, "$ref": "#/$defs/Link"}


def test_a_schema_that_contains_itself_is_compared_to_its_end() -> None:
    narrow, wide = endless(WHOLE), endless({"type": "integer"})
    once = closed(["value"], value=WHOLE, rest=wide["$defs"]["Link"]["properties"]["rest"])

    assert reading_problems("a.b.v1", narrow, wide) == []
    assert {p.path for p in reading_problems("a.b.v1", wide, narrow)} == {"$.value"}
    # unrolled by one link, so that the difference shows in the second link only
    found = reading_problems("a.b.v1", {"$defs": wide["$defs"], **once}, narrow)
    assert {problem.path for problem in found} == {"$.rest.value"}


@pytest.mark.parametrize(
    "loop",
    [
        {"$ref": "#/$defs/Loop"},
        {"anyOf": [{"$ref": "#/$defs/Loop"}, TEXT]},
        {"$ref": "#/$defs/Text", "maxLength": 3},
    ],
)
def test_a_reference_that_says_nothing_is_refused_and_ends(loop: Schema) -> None:
    reader = {"$defs": {"Loop": loop, "Text": TEXT}, "$ref": "#/$defs/Loop"}

    for writer in (WHOLE, reader):
        found = reading_problems("a.b.v1", writer, reader)
        assert any(problem.rule.startswith("not_understood") for problem in found)


def test_the_paths_of_nested_fields_are_found() -> None:
    schema = closed(["r"], r={"anyOf": [{"type": "array", "items": OLD}, NULL]})

    assert field_paths(schema) == {"$.r", "$.r[].a", "$.r[].b"}


# Schemas and some of what each allows, the edges above all.
WITNESSES: list[tuple[Schema, list[Any]]] = [
    (TEXT, ["", "abc", "x" * 50]),
    (TEXT | {"minLength": 1, "maxLength": 3}, ["a", "abc"]),
    (TEXT | {"maxLength": 5}, ["", "abcde"]),
    (TEXT | {"minLength": 1}, ["a", "x" * 50]),
    (TEXT | {"pattern": "^[a-z]+$"}, ["a", "abcdefgh"]),
    (TEXT | {"pattern": "^[a-z]+$", "maxLength": 4}, ["a", "abcd"]),
    (enum("a", "b"), ["a", "b"]),
    (enum("a\n", "b"), ["a\n", "b"]),
    (enum("a", "b", "abcdef"), ["a", "b", "abcdef"]),
    ({"enum": ["a", 1, None]}, ["a", 1, None]),
    ({"enum": [1, 2]}, [1, 2]),
    ({"enum": [True, False]}, [True, False]),
    ({"const": "a"}, ["a"]),
    ({"const": 1.5}, [1.5]),
    (WHOLE, [0, 9]),
    ({"type": "integer"}, [-(2**70), 0, 2**70]),
    ({"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 9}, [1, 8]),
    ({"type": "integer", "exclusiveMinimum": -1, "maximum": 9}, [0, 9]),
    ({"type": "number", "minimum": 0, "maximum": 9}, [0, 0.5, 9]),
    ({"type": "number", "exclusiveMinimum": 0}, [0.001, 10**9]),
    ({"maximum": 5}, ["text", 5, None, [], {}]),
    ({"type": "boolean"}, [True, False]),
    (NULL, [None]),
    ({"anyOf": [TEXT, NULL]}, ["", "abc", None]),
    ({"anyOf": [WHOLE, enum("a", "b")]}, [0, 9, "a"]),
    ({"type": "array", "items": TEXT}, [[], ["a"], ["a", "a"]]),
    ({"type": "array", "items": TEXT, "maxItems": 1}, [[], ["a"]]),
    ({"type": "array", "items": enum("a"), "minItems": 1, "uniqueItems": True}, [["a"]]),
    ({"type": "array"}, [[], [1, "a", None]]),
    (TUPLE, [["", 0], ["x", 9]]),
    ({"type": "array", "prefixItems": [TEXT], "items": WHOLE}, [[], ["a"], ["a", 0, 9]]),
    ({"type": "array", "prefixItems": [TEXT, WHOLE], "maxItems": 3}, [[], ["a", 1, None]]),
    ({"type": "array", "prefixItems": [WHOLE], "maxItems": 1}, [[], [9]]),
    (TAGGED, [{"kind": "a"}, {"kind": "b"}]),
    (TAGGED | {"oneOf": TAGGED["oneOf"][:1]}, [{"kind": "a"}]),
    ({"oneOf": [TEXT, WHOLE]}, ["a", 5]),
    (endless(WHOLE), [{"value": 0}, {"value": 1, "rest": {"value": 9, "rest": None}}]),
    (endless({"type": "integer"}), [{"value": 2**70, "rest": {"value": -1}}]),
    (OLD, [{"a": "", "b": 0}, {"a": "x", "b": 9}]),
    (closed(["a"], a=TEXT, b=WHOLE), [{"a": ""}, {"a": "", "b": 9}]),
    (closed(["a"], a=TEXT), [{"a": ""}]),
    (closed([]), [{}]),
    (opened(["a"], a=TEXT), [{"a": ""}, {"a": "", "b": "text", "c": None}]),
    (opened([], c=WHOLE), [{}, {"a": 1, "c": 0}]),
    ({"type": "object"}, [{}, {"a": 1}]),
    ({"type": "object", "additionalProperties": WHOLE}, [{}, {"a": 0, "z": 9}]),
    ({"type": "object", "properties": {"a": TEXT}, "additionalProperties": WHOLE},
     [{}, {"a": "x", "z": 9}]),
    ({"required": ["a"]}, [{"a": None}, 5, "text"]),
]  # fmt: skip


def test_no_pair_is_called_compatible_that_a_validator_refutes() -> None:
    compatible = 0
    for writer, written in WITNESSES:
        for reader, _ in WITNESSES:
            if reading_problems("a.b.v1", writer, reader):
                continue
            compatible += 1
            validator = Draft202012Validator(reader)
            refuted = [value for value in written if not validator.is_valid(value)]
            assert refuted == [], f"{writer} is called readable by {reader}"
    assert compatible > 2 * len(WITNESSES)  # and it does not refuse everything either


@pytest.mark.parametrize(("schema", "written"), WITNESSES)
def test_each_witness_is_one(schema: Schema, written: list[Any]) -> None:
    for value in written:
        Draft202012Validator(schema).validate(value)


@pytest.mark.parametrize("schema", [schema for schema, _ in WITNESSES if "oneOf" not in schema])
def test_a_schema_reads_itself(schema: Schema) -> None:
    assert reading_problems("a.b.v1", schema, schema) == []
