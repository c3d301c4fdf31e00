"""Proposals for a course, or the rules that clash."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from scheduling.domain.course import (
    Aim,
    Candidate,
    Clash,
    Problem,
    Proposal,
    reasons_of,
)
from scheduling.planner.first_plan import first_plan
from scheduling.planner.model import Model, build

EFFORT_PER_AIM = 0.4  # in the solver's own measure, which no other load changes: about a second
# Of the clock, for all plans together: a busy machine gets weaker plans, and not later ones.
_MOST_SECONDS = 3.0
_LEAST_SECONDS = 0.3  # for a plan after the first: there is one to start from
UNDECIDED = "undecided"  # neither a plan nor a clash was found in time
_SEED = 7  # the same question gets the same answer
_AN_HOUR = 60
_GOOD_ENOUGH = 0.01  # of the best plan there can be: proving the last hundredth takes longest

# What a match with the most used therapist, time and site is worth, what a day with a trip, a later
# end and an hour away from the wished time cost.
_WEIGHTS = {
    Aim.CONTINUITY: {"therapist": 60, "clock": 12, "site": 15, "trip": 2, "end": 1, "off": 3},
    Aim.FEWEST_TRIPS: {"therapist": 12, "clock": 4, "site": 40, "trip": 60, "end": 1, "off": 1},
    Aim.SOONEST: {"therapist": 8, "clock": 2, "site": 4, "trip": 1, "end": 40, "off": 1},
}
_MOVED = 10_000  # what moving one more visit costs in a repair; less than that is per hour


def solve(
    problem: Problem, aims: Sequence[Aim], *, effort: float = EFFORT_PER_AIM
) -> list[Proposal] | Clash:
    """One proposal for each aim, those alike left out; or why there is none. Runs for seconds."""
    empty = tuple(code for code, slots in problem.candidates.items() if not slots)
    if empty:
        return Clash(rules=(), steps_without_slot=empty)
    start = first_plan(problem)
    proposals: list[Proposal] = []
    left = _MOST_SECONDS
    for n, aim in enumerate(aims):
        share = max(left / (len(aims) - n), _LEAST_SECONDS)
        placed, used = _best(problem, aim, start, effort, share)
        left -= used
        if placed is None and not proposals:
            return _explain(problem)
        if placed is not None and all(placed != one.placed for one in proposals):
            proposals.append(Proposal(aim=aim, placed=placed, reasons=reasons_of(placed)))
    return proposals


def _best(
    problem: Problem,
    aim: Aim,
    start: Mapping[str, Candidate] | None,
    effort: float,
    seconds: float,
) -> tuple[Mapping[str, Candidate] | None, float]:
    """The best plan found in that time, if any, and how long it took by the clock."""
    model = build(problem)
    if start is not None:
        for code, picks in model.chosen.items():
            for one, pick in zip(problem.candidates[code], picks, strict=True):
                model.cp.add_hint(pick, one is start[code])
    for enforced in model.rules.values():
        model.cp.add(enforced == 1)
    if aim is Aim.SMALLEST_REPAIR:
        model.cp.minimize(_repair_cost(problem, model))
    else:
        model.cp.minimize(_cost(problem, model, aim))
    solver = _solver(effort, seconds)
    if solver.solve(model.cp) not in _found():
        return start, solver.wall_time
    placed = {
        code: slots[next(n for n, pick in enumerate(model.chosen[code]) if solver.value(pick))]
        for code, slots in problem.candidates.items()
    }
    return placed, solver.wall_time


def _cost(problem: Problem, model: Model, aim: Aim) -> Any:
    weight, cost = _WEIGHTS[aim], 0
    lead = problem.preferred_therapist
    cost -= weight["therapist"] * _matches(problem, model, lambda c: c.therapist, lead)
    cost -= weight["site"] * _matches(problem, model, lambda c: c.site_id, None)
    wished = problem.preferred_minute
    if wished is None:
        cost -= weight["clock"] * _matches(problem, model, lambda c: c.local_minute, None)
    by_day: dict[Any, list[Any]] = defaultdict(list)
    last = model.cp.new_int_var(0, 400, "last day")
    origin = min(one.local_on for slots in problem.candidates.values() for one in slots)
    for code, slots in problem.candidates.items():
        for one, pick in zip(slots, model.chosen[code], strict=True):
            by_day[one.local_on].append(pick)
            if wished is not None:
                cost += weight["off"] * (abs(one.local_minute - wished) // _AN_HOUR) * pick
            model.cp.add(last >= (one.local_on - origin).days).only_enforce_if(pick)
    for day, picks in by_day.items():
        used = model.cp.new_bool_var(f"trip {day}")
        model.cp.add_max_equality(used, picks)
        cost += weight["trip"] * used
    return cost + weight["end"] * last


def _matches(problem: Problem, model: Model, key: Callable[[Candidate], Any], wished: Any) -> Any:
    """How many steps share one value: the wished one, or whichever the solver chooses."""
    values = {key(one) for slots in problem.candidates.values() for one in slots}
    if wished in values:
        values = {wished}
    leads = {value: model.cp.new_bool_var("lead") for value in values}
    model.cp.add_exactly_one(leads.values())
    total = 0
    for code, slots in problem.candidates.items():
        picks: dict[Any, list[Any]] = defaultdict(list)
        for one, pick in zip(slots, model.chosen[code], strict=True):
            picks[key(one)].append(pick)
        for value in values & picks.keys():
            both = model.cp.new_bool_var("match")
            model.cp.add_implication(both, leads[value])
            model.cp.add(both <= sum(picks[value]))
            total += both
    return total


def _repair_cost(problem: Problem, model: Model) -> Any:
    cost = 0
    for code, slots in problem.candidates.items():
        now = next((one for one in slots if one.current), None)
        for one, pick in zip(slots, model.chosen[code], strict=True):
            if one.current:
                continue
            hours = 0 if now is None else abs(one.starts_at - now.starts_at).total_seconds() // 3600
            same = now is not None and one.therapist == now.therapist
            cost += (_MOVED + int(hours) + (0 if same else 50)) * pick
    return cost


def _explain(problem: Problem) -> Clash:
    """A small set of rules that cannot all be kept."""
    model = build(problem)
    by_index = {literal.index: kind for kind, literal in model.rules.items()}
    model.cp.add_assumptions(list(model.rules.values()))
    solver = _solver(EFFORT_PER_AIM, _MOST_SECONDS)
    if solver.solve(model.cp) != _impossible():
        return Clash(rules=(UNDECIDED,), steps_without_slot=())
    core = [by_index[index] for index in solver.sufficient_assumptions_for_infeasibility()]
    return Clash(rules=tuple(sorted(core)), steps_without_slot=())


def _solver(effort: float, seconds: float) -> Any:
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.max_deterministic_time = effort
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = _SEED
    solver.parameters.relative_gap_limit = _GOOD_ENOUGH
    return solver


def _impossible() -> Any:
    from ortools.sat.python import cp_model

    return cp_model.INFEASIBLE


def _found() -> tuple[Any, ...]:
    from ortools.sat.python import cp_model

    return cp_model.OPTIMAL, cp_model.FEASIBLE
