"""Signals that somebody should look at a patient's use of ketamine, or at how drug is handled.

A signal accuses nobody: a person reviews it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from dosing.domain.exposure import History, PastDose
from dosing.domain.symptoms import SideEffect


@dataclass(frozen=True, slots=True, kw_only=True)
class MisusePolicy:
    """From when on exposure is worth a look; policy data."""

    window: timedelta
    sessions_in_window: int
    sessions_rise: int  # over the window before
    amount_rise_percent: Decimal  # of mg, window over window, from two sessions on
    staff_window: timedelta
    staff_wastes: int  # wastes somebody asked for in that time
    staff_discrepancies: int
    refill_left_percent: Decimal  # of what was dispensed before: more left is early
    refill_apart: timedelta
    early_tries: int  # doses sought before their time in the window
    pdmp_concerns: tuple[str, ...]  # findings of a monitoring programme that are one
    urinary_severity: int  # of the checklist's 0 to 3
    urinary_events: tuple[str, ...]  # codes of adverse events


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispensed:
    """What was dispensed for a patient before. Milligrams of base."""

    held_mg: Decimal  # as it came
    left_mg: Decimal
    last_at: datetime | None  # when the last of it came; None: nothing has


@dataclass(frozen=True, slots=True, kw_only=True)
class PdmpCheck:
    """What a person found in the answer of a prescription drug monitoring programme."""

    id: UUID
    finding: str
    checked_at: datetime


class ReviewOutcome(StrEnum):
    """What the person who looked concluded."""

    NO_CONCERN = "no_concern"
    PRESCRIBER_INFORMED = "prescriber_informed"
    TREATMENT_PAUSED = "treatment_paused"
    INVESTIGATION = "investigation"


@dataclass(frozen=True, slots=True, kw_only=True)
class MisuseSignal:
    """Why somebody should look: about a patient or about a member of staff."""

    id: UUID
    patient_id: UUID | None
    staff_id: UUID | None
    code: str
    reasons: dict[str, Any]  # the figures that led to it
    raised_by: UUID | None  # None where a rule did
    raised_at: datetime


def of_exposure(
    history: History, policy: MisusePolicy, now: datetime
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Signals of a patient's exposure, each with the figures that led to it."""
    recent = _within(history, now - policy.window, now)
    before = _within(history, now - 2 * policy.window, now - policy.window)
    many, few = _sessions(recent), _sessions(before)
    if many > policy.sessions_in_window:
        yield "frequency_high", {"sessions": many, "limit": policy.sessions_in_window}
    if few and many - few >= policy.sessions_rise:
        yield "frequency_rising", {"sessions": many, "before": few}
    more, less = _total(recent), _total(before)
    if few >= 2 and more * 100 > less * (100 + policy.amount_rise_percent):
        yield "amount_rising", {"mg": str(more), "before_mg": str(less)}


def of_refill(
    before: Dispensed, policy: MisusePolicy, now: datetime
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Signals of drug that is dispensed for a patient again, each with its figures."""
    if before.last_at is None:
        return
    left = before.left_mg * 100 > policy.refill_left_percent * before.held_mg
    soon = now - before.last_at < policy.refill_apart
    if left or soon:
        yield (
            "refill_early",
            {
                "left_mg": str(before.left_mg),
                "dispensed_mg": str(before.held_mg),
                "days_since": (now - before.last_at).days,
            },
        )


def of_tries(tries: int, policy: MisusePolicy) -> Iterator[tuple[str, dict[str, Any]]]:
    """Signals of doses that were sought before their time, and refused."""
    if tries >= policy.early_tries:
        yield "early_dose_sought", {"refusals": tries, "limit": policy.early_tries}


def of_pdmp(check: PdmpCheck, policy: MisusePolicy) -> Iterator[tuple[str, dict[str, Any]]]:
    """Signals of what a monitoring programme showed."""
    if check.finding in policy.pdmp_concerns:
        yield (
            "pdmp_concern",
            {
                "finding": check.finding,
                "check_id": str(check.id),
                "checked_at": check.checked_at.isoformat(),
            },
        )


def of_side_effects(
    charted: Mapping[str, int], policy: MisusePolicy
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Signals of what long use does to the bladder, as charted on the checklist."""
    severity = charted.get(SideEffect.URINARY_SYMPTOMS, 0)
    if severity >= policy.urinary_severity:
        yield "urinary_symptoms", {"severity": severity, "limit": policy.urinary_severity}


def of_event(code: str, policy: MisusePolicy) -> Iterator[tuple[str, dict[str, Any]]]:
    """The same, of an adverse event."""
    if code in policy.urinary_events:
        yield "urinary_symptoms", {"adverse_event": code}


def of_staff(
    wastes: int, discrepancies: int, policy: MisusePolicy
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Signals of how somebody's drug handling differs."""
    if wastes > policy.staff_wastes:
        yield "waste_frequent", {"wastes": wastes, "limit": policy.staff_wastes}
    if discrepancies > policy.staff_discrepancies:
        yield (
            "discrepancies_frequent",
            {"discrepancies": discrepancies, "limit": policy.staff_discrepancies},
        )


def _within(history: History, since: datetime, until: datetime) -> list[PastDose]:
    return [one for one in history.doses if since < one.given_at <= until]


def _sessions(doses: list[PastDose]) -> int:
    return len({one.session_id for one in doses})


def _total(doses: list[PastDose]) -> Decimal:
    return sum((one.amount_mg for one in doses), Decimal(0))
