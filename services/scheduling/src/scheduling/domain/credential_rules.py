"""Which credentials do for which need: where a kind is asked for, and what stands in for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from scheduling.domain.practitioner import Fault, Practitioner

_WORST = (Fault.SUSPENDED, Fault.LAPSED, Fault.NOT_YET_VALID, Fault.MISSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialRules:
    """One version of the rules.

    `states` names where a kind is asked for at all. `substitutes` says what does instead of a kind,
    and what that one needs beside it: a nurse practitioner's licence, with a supervision agreement.
    """

    states: Mapping[str, frozenset[str]] = field(default_factory=dict)
    substitutes: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    def fault_of(self, person: Practitioner, kind: str, *, state: str, on: date) -> Fault | None:
        """Why somebody lacks what is needed in that state on that day; None if they do not."""
        if kind in self.states and state not in self.states[kind]:
            return None
        own = person.fault_of(kind, state=state, on=on)
        if own is None:
            return None
        others = [
            _worst(person.fault_of(one, state=state, on=on) for one in (instead, *beside))
            for instead, beside in self.substitutes.get(kind, {}).items()
        ]
        if None in others:
            return None
        known = [one for one in (own, *others) if one is not Fault.MISSING]
        return _worst(known) or Fault.MISSING


def _worst(faults: Iterable[Fault | None]) -> Fault | None:
    found = set(faults)
    return next((fault for fault in _WORST if fault in found), None)
