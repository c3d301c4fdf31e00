"""CEL expressions, compiled once, as predicates over known inputs."""

from collections.abc import Iterator
from typing import Any

from celpy import Environment, InterpretedRunner
from celpy.adapter import json_to_cel
from celpy.celparser import CELParseError
from celpy.celtypes import BoolType, DoubleType
from celpy.evaluation import CELEvalError

from intake.domain.rules import Inputs, Predicate

_REMEMBERED = 5_000  # findings of one rule kept in memory
_ENVIRONMENT = Environment(runner_class=InterpretedRunner)


def compile_predicate(expression: str, inputs: tuple[str, ...]) -> Predicate:
    """The expression as a predicate. Raises ValueError for one that does not parse, or that reads
    anything but its declared inputs: an undeclared one could be unknown without anybody noticing.
    """
    try:
        tree = _ENVIRONMENT.compile(expression)
    except CELParseError as error:
        raise ValueError(f"does not parse: {error}") from None
    read = set(_identifiers(tree))
    if undeclared := read - set(inputs):
        raise ValueError(f"reads undeclared inputs: {', '.join(sorted(undeclared))}")
    if unread := set(inputs) - read:
        raise ValueError(f"declares inputs it does not read: {', '.join(sorted(unread))}")
    program = _ENVIRONMENT.program(tree)

    def evaluated(known: Inputs) -> bool | None:
        # An input that is left out makes CEL fail, except where || or && need not know it.
        try:
            found = program.evaluate({name: _value(known[name]) for name in known})
        except CELEvalError:
            return None
        return bool(found) if isinstance(found, BoolType) else None

    return _remembering(evaluated)


def _remembering(evaluated: Predicate) -> Predicate:
    """The same predicate, which evaluates the same inputs once: most patients are alike in what
    one rule reads. A predicate depends on its inputs alone."""
    seen: dict[str, bool | None] = {}

    def met_by(known: Inputs) -> bool | None:
        key = repr(sorted(known.items()))
        if key not in seen:
            if len(seen) >= _REMEMBERED:
                seen.clear()
            seen[key] = evaluated(known)
        return seen[key]

    return met_by


def _value(value: Any) -> Any:
    """As CEL knows it. Decimals travel as text, and no code begins with a digit."""
    if isinstance(value, str) and value[:1].isdigit():
        return DoubleType(value)
    return json_to_cel(value)


def _identifiers(tree: Any) -> Iterator[str]:
    """The names an expression reads. Comprehensions bind names of their own and are refused:
    `'x' in list` says what a rule needs."""
    for node in tree.iter_subtrees():
        if node.data == "ident":
            yield str(node.children[0])
        elif node.data in ("member_dot", "member_dot_arg", "ident_arg", "dot_ident_arg"):
            raise ValueError(f"uses {node.data}, which no rule needs")
