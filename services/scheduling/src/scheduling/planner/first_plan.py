"""A first plan by plain search, for the solver to start from and improve."""

from datetime import timedelta

from scheduling.domain.course import Candidate, Problem

_TRIES = 60_000


def first_plan(problem: Problem) -> dict[str, Candidate] | None:
    """Place the steps one after the other at the earliest slot that keeps the rules.

    None where that takes too long: it proves nothing then.
    """
    steps = problem.protocol.steps
    options = [
        sorted(
            (one for one in problem.candidates[step.code] if one.suits_patient),
            key=lambda one: (not one.current, one.starts_at),
        )
        for step in steps
    ]
    placed: dict[str, Candidate] = {}
    nexts = [0] * len(steps)
    level = 0
    for _ in range(_TRIES):
        if level == len(steps):
            return placed
        code = steps[level].code
        placed.pop(code, None)
        if nexts[level] == len(options[level]):
            if level == 0:
                return None
            nexts[level] = 0
            level -= 1
            continue
        one = options[level][nexts[level]]
        nexts[level] += 1
        if _fits(problem, level, one, placed):
            placed[code] = one
            level += 1
    return None


def _fits(problem: Problem, level: int, one: Candidate, placed: dict[str, Candidate]) -> bool:
    step = problem.protocol.steps[level]
    if not all(rule.is_kept(placed[rule.after], one) for rule in step.rules):
        return False
    end = one.starts_at + timedelta(minutes=problem.minutes[step.code])
    return all(
        end <= other.starts_at
        or other.starts_at + timedelta(minutes=problem.minutes[code]) <= one.starts_at
        for code, other in placed.items()
    )
