"""How groups of patients fare, so told that nobody in them can be found.

Groups smaller than policy allows are not shown, nor shares from which a count that small could be
worked out. What is hidden must not follow from what is shown: the hidden groups together are never
small, or more is hidden with them.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from integration.domain.cohort import Cell, CohortPolicy, Course

_TENTH = Decimal("0.1")


def cells(courses: Sequence[Course], policy: CohortPolicy) -> list[Cell]:
    """The groups by name and `all` at the end, with what must not be seen hidden."""
    least = policy.smallest_cell
    groups: dict[str, list[Course]] = defaultdict(list)
    for course in courses:
        groups[course.group].append(course)
    small = _hidden({name: len(members) for name, members in groups.items()}, least)
    told = {
        name: {} if name in small else {f: _told(f, members, least) for f in _FIGURES}
        for name, members in groups.items()
    }
    made = [
        Cell(group=name, patients=None if name in small else len(groups[name]), **told[name])
        for name in sorted(groups)
    ]
    if not _large(sum(len(groups[name]) for name in small), least) or not courses:
        return [*made, Cell(group="all", patients=None)]
    total = {}
    for figure in _FIGURES:
        untold = [c for name in groups if told[name].get(figure) is None for c in groups[name]]
        # What is told of no group alone must not follow from the total and the groups that tell.
        safe = not untold or _told(figure, untold, least) is not None
        total[figure] = _told(figure, courses, least) if safe else None
    return [*made, Cell(group="all", patients=len(courses), **total)]


def _hidden(sizes: Mapping[str, int], least: int) -> set[str]:
    """The groups that are too small, and the next smallest while those together are too small."""
    small = {name for name, size in sizes.items() if size < least}
    rest = sorted(sizes.keys() - small, key=lambda name: (sizes[name], name))
    while rest and not _large(sum(sizes[name] for name in small), least):
        small.add(rest.pop(0))
    return small


def _large(count: int, least: int) -> bool:
    """Whether a count may be known: of nobody, or of enough."""
    return count == 0 or count >= least


def _told(figure: str, members: Sequence[Course], least: int) -> Decimal | None:
    """A figure of these; None where a small count could be worked out from it."""
    named = _FIGURES[figure]
    if named is None:
        changes = [c.last.change_percent for c in members if c.last.change_percent is not None]
        return _mean(changes) if len(changes) >= least else None
    count = sum(named in course.last.classes for course in members)
    if not members or not (_large(count, least) and _large(len(members) - count, least)):
        return None
    return (Decimal(100) * count / len(members)).quantize(_TENTH, ROUND_HALF_UP)


def _mean(values: Sequence[Decimal]) -> Decimal:
    return (sum(values, Decimal()) / len(values)).quantize(_TENTH, ROUND_HALF_UP)


# Each figure of a group, and the class of outcome whose share it is; the mean is of none.
_FIGURES: Mapping[str, str | None] = {
    "mean_change_percent": None,
    "response_percent": "response",
    "remission_percent": "remission",
    "deterioration_percent": "deterioration",
}
