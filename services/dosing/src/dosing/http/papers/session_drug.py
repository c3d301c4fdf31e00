"""The parts of a session's printed record about its drug, its watch and how the patient left."""

from collections.abc import Sequence

from dosing.domain.ledger import Entry, held
from dosing.domain.observation import Observation
from dosing.store.departures import Departure, Overridden
from dosing.store.monitors import Assignment

Section = tuple[str, tuple[str, ...], Sequence[tuple[str, ...]]]


def drug(entries: Sequence[Entry]) -> Section:
    """Every entry of the ledger for this session: drawn, given, wasted before whom, returned."""
    rows = [
        (
            at(one.at),
            one.kind.value,
            f"{one.amount_mg:f}",
            str(one.actor),
            "" if one.witness is None else str(one.witness),
            str(one.container_id),
        )
        for one in sorted(entries, key=lambda one: (one.at, one.id))
    ]
    if rows:
        rows.append(("", "unaccounted", f"{held(entries):f}", "", "", ""))
    return "Drug accounted for", ("at", "act", "mg", "by", "witness", "container"), rows


def watch(watchers: Sequence[Assignment]) -> Section:
    """Who watched the patient, each from then on."""
    rows = [(at(one.assigned_at), str(one.practitioner_id), one.cause) for one in watchers]
    return "Watched by", ("from", "by", "cause"), rows


def effects(seen: Sequence[Observation]) -> Section:
    """What was seen beside numbers, with its severity where it has one."""
    rows = []
    for one in seen:
        told = [*(one.readings.symptoms or ())]
        charted = one.readings.side_effects or {}
        told += [f"{code} {severity}" for code, severity in sorted(charted.items()) if severity]
        if one.readings.distress is not None:
            told.append(f"distress {one.readings.distress}")
        if told:
            rows.append((at(one.observed_at), ", ".join(told)))
    return "Symptoms and side effects", ("observed", "what, 0 none to 3 severe"), rows


def leaving(overrides: Sequence[Overridden], left: Departure | None) -> list[Section]:
    """Criteria that a prescriber overrode, and how the patient left against advice."""
    overridden = [
        (at(one.overridden_at), one.criterion, one.reason, str(one.overridden_by))
        for one in overrides
    ]
    against = []
    if left is not None:
        unmet = ", ".join(left.unmet_criteria)
        against = [(at(left.left_at), left.reason, unmet, str(left.charted_by))]
    return [
        ("Overridden at discharge", ("at", "criterion", "reason", "by"), overridden),
        ("Left against advice", ("at", "reason", "criteria that did not hold", "by"), against),
    ]


def at(moment: object) -> str:
    """An instant on paper."""
    return f"{moment:%Y-%m-%d %H:%M:%SZ}"
