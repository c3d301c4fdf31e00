"""What a rule's case is: facts at which it just does not fire, and facts at which it fires alone.

The cases stand in `gate_cases.py`, `draw_cases.py`, `order_cases.py`, `discharge_cases.py`,
`ledger_cases.py` and `alert_cases.py`; `test_every_rule.py` runs them, and holds them against the
rules that the code can name and against `clinical_rows.py`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

Judged = Callable[[], Iterable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A rule by its name. `also`: what cannot but fire with it."""

    code: str
    keeps: Judged  # it just holds: no rule fires
    breaks: Judged  # it just does not
    also: frozenset[str] = frozenset()
