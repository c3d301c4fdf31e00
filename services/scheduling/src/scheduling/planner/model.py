"""The constraint model of a course: one slot for each step, and the rules between steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from scheduling.domain.course import Problem

_PATIENT = "patient_constraints"
_MINUTES_AN_HOUR = 60


@dataclass(frozen=True, slots=True)
class Model:
    """A CP-SAT model and its variables: `chosen[step][n]` picks the n-th candidate of a step."""

    cp: Any
    chosen: Mapping[str, list[Any]]
    rules: Mapping[str, Any]  # kind of rule to the literal that enforces it


def build(problem: Problem) -> Model:
    """The model with every rule behind a literal of its kind, so that a clash can be explained."""
    # Importing it takes most of a second, which only a process that plans should pay.
    from ortools.sat.python import cp_model

    cp = cp_model.CpModel()
    chosen: dict[str, list[Any]] = {}
    starts: dict[str, Any] = {}
    days: dict[str, Any] = {}
    first_day, first_start = _origin(problem)
    kinds = {rule.kind for step in problem.protocol.steps for rule in step.rules} | {_PATIENT}
    rules = {kind: cp.new_bool_var(kind) for kind in sorted(kinds)}
    for step in problem.protocol.steps:
        slots = problem.candidates[step.code]
        picks = [cp.new_bool_var(f"{step.code} {n}") for n in range(len(slots))]
        cp.add_exactly_one(picks)
        chosen[step.code] = picks
        minutes = [int((one.starts_at - first_start).total_seconds()) // 60 for one in slots]
        starts[step.code] = _value(cp, minutes, picks)
        ordinals = [(one.local_on - first_day).days for one in slots]
        days[step.code] = _value(cp, ordinals, picks)
        for one, pick in zip(slots, picks, strict=True):
            if not one.suits_patient:
                cp.add_implication(rules[_PATIENT], ~pick)
        for rule in step.rules:
            apart = days[step.code] - days[rule.after]
            if rule.days is not None:
                cp.add(apart >= rule.days[0]).only_enforce_if(rules[rule.kind])
                cp.add(apart <= rule.days[1]).only_enforce_if(rules[rule.kind])
            if rule.hours is not None:
                lag = starts[step.code] - starts[rule.after]
                least, most = (one * _MINUTES_AN_HOUR for one in rule.hours)
                cp.add(lag >= least).only_enforce_if(rules[rule.kind])
                cp.add(lag <= most).only_enforce_if(rules[rule.kind])
    cp.add_no_overlap(
        cp.new_fixed_size_interval_var(start, problem.minutes[code], code)
        for code, start in starts.items()
    )
    return Model(cp, chosen, rules)


def _value(cp: Any, values: list[int], picks: list[Any]) -> Any:
    """A variable that is the value of whichever is picked."""
    variable = cp.new_int_var(min(values), max(values), "")
    cp.add(variable == sum(v * p for v, p in zip(values, picks, strict=True)))
    return variable


def _origin(problem: Problem) -> tuple[date, datetime]:
    every = [one for slots in problem.candidates.values() for one in slots]
    return min(one.local_on for one in every), min(one.starts_at for one in every)
