"""23 pairs of models, each read in both directions: what a change of an event does to its readers.

Every pair has an old and a new model. The closed variant of one is written, the open variant of
the other is read: 46 directed cases with their expected verdicts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from kairos_events.fields import ExactDecimal, PositiveDecimal
from kairos_events.model import EventModel
from pydantic import BaseModel, ConfigDict, Field, create_model

Base = type[BaseModel]
Shape = Callable[[Base], Base]


@dataclass(frozen=True)
class Verdict:
    """What the check must say of one direction."""

    path: str = ""
    rule: str = ""
    breaks: bool = False
    """Whether some instance of the writer is refused by the reader."""


SAFE = Verdict()


def unsafe(path: str, rule: str) -> Verdict:
    return Verdict(path, rule, breaks=True)


def careful(path: str, rule: str) -> Verdict:
    """Refused although no instance breaks the reader: conservative."""
    return Verdict(path, rule)


class OpenWriter(EventModel):
    """A writer as none may be blessed: it may write more than it names."""

    model_config = ConfigDict(extra="allow")


@dataclass(frozen=True)
class Pair:
    name: str
    old: Shape
    new: Shape
    forward: Verdict
    """The old one is written, the new one reads."""
    back: Verdict
    """The new one is written, the old one reads."""
    writer: Base = EventModel


def fact(**fields: Any) -> Shape:
    """A model of these fields. A field is a type, a type and a default, or a function of the base
    for what contains other models."""

    def made(base: Base) -> Base:
        given = {name: _given(field, base) for name, field in fields.items()}
        model: Base = create_model("Fact", __base__=base, **given)
        return model

    made.__name__ = "part"
    return made


def _given(field: Any, base: Base) -> Any:
    if getattr(field, "__name__", "") in {"part", "listed", "tagged"}:
        field = field(base)
    return field if isinstance(field, tuple) else (field, ...)


def listed(item: Shape) -> Any:
    kind: Any = list

    def listed(base: Base) -> Any:
        return kind[item(base)]

    return listed


def tagged(*members: Shape) -> Any:
    """A union whose members are told apart by their `kind`."""

    def tagged(base: Base) -> Any:
        union: Any = members[0](base)
        for member in members[1:]:
            union = union | member(base)
        return Annotated[union, Field(discriminator="kind")]

    return tagged


def whole(**bounds: Any) -> Any:
    return Annotated[int, Field(**bounds)]


def text(**bounds: Any) -> Any:
    return Annotated[str, Field(**bounds)]


def items(item: Any, least: int, most: int) -> Any:
    kind: Any = list
    return Annotated[kind[item], Field(min_length=least, max_length=most)]


def mapped(value: Any) -> Any:
    kind: Any = dict
    return kind[str, value]


def chain(value: Any) -> Shape:
    """A model that contains itself."""

    def part(base: Base) -> Base:
        fields: Any = {"value": (value, ...), "next": ("Fact | None", None)}
        model: Base = create_model("Fact", __base__=base, **fields)
        return model

    return part


DIGIT, BIGGER = whole(ge=0, le=9), whole(ge=0, le=99)
CARD = fact(kind=Literal["card"], digits=DIGIT)
CASH = fact(kind=Literal["cash"], amount=DIGIT)
BILL = fact(kind=Literal["bill"], days=DIGIT)
STAFF = fact(name=text(max_length=9))
RANKED = fact(name=text(max_length=9), rank=DIGIT)
V1, V2 = fact(v=Literal["v1"]), fact(v=Literal["v2"])

PAIRS = [
    Pair("optional_field", fact(a=int), fact(a=int, b=(int | None, None)), SAFE, SAFE),
    Pair("required_field", fact(a=int), fact(a=int, b=int),
         unsafe("$.b", "field_not_always_written"), SAFE),
    Pair("renamed_field", fact(a=int), fact(b=int), unsafe("$.b", "field_not_always_written"),
         unsafe("$.a", "field_not_always_written")),
    Pair("enum", fact(a=Literal["iv", "im"]), fact(a=Literal["iv", "im", "oral"]), SAFE,
         unsafe("$.a", "enum_narrowed: 'oral'")),
    Pair("const", V1, V2, unsafe("$.v", "enum_narrowed: 'v1'"),
         unsafe("$.v", "enum_narrowed: 'v2'")),
    Pair("decimal_pattern", fact(a=ExactDecimal), fact(a=PositiveDecimal),
         unsafe("$.a", "pattern_changed"), careful("$.a", "pattern_changed")),
    Pair("decimal_bounds", fact(a=Decimal), fact(a=Annotated[Decimal, Field(le=5)]),
         unsafe("$.a", "not_understood: a decimal without pattern"),
         unsafe("$.a", "not_understood: a decimal without pattern")),
    Pair("whole_bounds", fact(a=whole(ge=0, le=9)), fact(a=whole(ge=0, le=8)),
         unsafe("$.a", "narrowed: maximum"), SAFE),
    Pair("exclusive_bounds", fact(a=whole(ge=0, lt=9)), fact(a=whole(gt=0, le=8)),
         unsafe("$.a", "narrowed: exclusiveMinimum"), SAFE),
    Pair("text_length", fact(a=text(max_length=8)), fact(a=text(min_length=1, max_length=8)),
         unsafe("$.a", "narrowed: minLength"), SAFE),
    Pair("pattern_or_length", fact(a=text(pattern="^[a-z]{1,4}$")), fact(a=text(max_length=8)),
         careful("$.a", "narrowed: maxLength"), unsafe("$.a", "pattern_changed")),
    Pair("format", fact(a=str), fact(a=UUID), unsafe("$.a", "format_changed"), SAFE),
    Pair("nullable", fact(a=int), fact(a=int | None), SAFE,
         unsafe("$.a", "type_changed: null is read as integer")),
    Pair("union", fact(a=int | str), fact(a=int | str | bool), SAFE,
         unsafe("$.a", "type_changed: boolean is read as integer")),
    Pair("tagged_union", fact(a=tagged(CARD, CASH)), fact(a=tagged(CARD, CASH, BILL)), SAFE,
         unsafe("$.a.kind", "enum_narrowed: 'bill'")),
    Pair("recursive", chain(DIGIT), chain(BIGGER), SAFE,
         unsafe("$.value", "narrowed: maximum")),
    Pair("array", fact(a=items(DIGIT, 1, 3)), fact(a=items(BIGGER, 0, 4)), SAFE,
         unsafe("$.a", "narrowed: maxItems")),
    Pair("tuple", fact(a=tuple[int, str]), fact(a=tuple[str, int]),
         unsafe("$.a[0]", "type_changed: integer is read as string"),
         unsafe("$.a[1]", "type_changed: integer is read as string")),
    Pair("map", fact(a=mapped(DIGIT)), fact(a=mapped(BIGGER)), SAFE,
         unsafe("$.a.*", "narrowed: maximum")),
    Pair("nested_model", fact(a=listed(STAFF)), fact(a=listed(RANKED)),
         unsafe("$.a[].rank", "field_not_always_written"), SAFE),
    Pair("number_or_whole", fact(a=float), fact(a=int),
         unsafe("$.a", "type_changed: number is read as integer"), SAFE),
    Pair("boolean_or_text", fact(a=bool), fact(a=str),
         unsafe("$.a", "type_changed: boolean is read as string"),
         unsafe("$.a", "type_changed: string is read as boolean")),
    Pair("open_writer", fact(a=int), fact(a=int, b=(int | None, None)),
         unsafe("$.b", "not_understood: any value, or none"), SAFE, writer=OpenWriter),
]  # fmt: skip
