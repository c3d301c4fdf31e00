"""Protocols hold together, and the solver keeps every rule or says which ones clash."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from scheduling import data
from scheduling.domain.course import Aim, Candidate, Clash, Problem, Proposal, Protocol
from scheduling.planner.solve import solve

THERAPISTS = (UUID(int=1), UUID(int=2))
SITE = UUID(int=9)
MONDAY = date(2027, 3, 1)


def slot(day: int, hour: int, therapist: UUID = THERAPISTS[0], **changes: bool) -> Candidate:
    on = MONDAY + timedelta(days=day)
    return Candidate(
        starts_at=datetime(on.year, on.month, on.day, hour, tzinfo=UTC),
        local_on=on,
        local_minute=hour * 60,
        site_id=SITE,
        therapist=therapist,
        suits_patient=changes.get("suits_patient", True),
        team={},
        current=changes.get("current", False),
    )


def problem(
    protocol: Protocol, *, hours: tuple[int, ...] = (9, 14), weekend: bool = False
) -> Problem:
    windows = protocol.day_windows(4)
    return Problem(
        protocol=protocol,
        candidates={
            step.code: [
                slot(day, hour, who)
                for day in range(windows[step.code][0], windows[step.code][1] + 1)
                if weekend or (MONDAY + timedelta(days=day)).isoweekday() <= 5
                for hour in hours
                for who in THERAPISTS
            ]
            for step in protocol.steps
        },
        minutes={
            step.code: data.visit_types()[step.visit_type].duration_minutes
            for step in protocol.steps
        },
        preferred_minute=None,
        preferred_therapist=None,
    )


def proposals(asked: Problem, *aims: Aim) -> list[Proposal]:
    found = solve(asked, aims or (Aim.CONTINUITY,), effort=0.2)
    assert not isinstance(found, Clash), found
    return found


@pytest.mark.parametrize("code", sorted(data.protocols()))
def test_every_protocol_can_be_planned_and_keeps_its_rules(code: str) -> None:
    protocol = data.protocols()[code]
    asked = problem(protocol)

    (made,) = proposals(asked)

    assert made.placed.keys() == {step.code for step in protocol.steps}
    ends = [
        (one.starts_at, one.starts_at + timedelta(minutes=asked.minutes[code]))
        for code, one in sorted(made.placed.items(), key=lambda item: item[1].starts_at)
    ]
    assert all(one[1] <= then[0] for one, then in pairwise(ends)), "nobody is in two visits"
    assert protocol.broken(made.placed) == []


def test_broken_rule_is_named() -> None:
    protocol = data.protocols()["iv_six"]
    (made,) = proposals(problem(protocol))
    late = made.placed["integration_1"]

    spoilt = {**made.placed, "integration_1": replace(late, local_on=late.local_on + timedelta(2))}

    assert protocol.broken(spoilt) == ["next_day_integration"]


def test_continuity_keeps_one_therapist_where_one_is_free() -> None:
    (made,) = proposals(problem(data.protocols()["im_then_lozenge"]))

    (same,) = [one for one in made.reasons if one.code == "same_therapist"]
    assert same.count == same.of


def test_aims_differ_and_say_why() -> None:
    asked = problem(data.protocols()["lozenge_four"])

    made = proposals(asked, Aim.CONTINUITY, Aim.SOONEST)

    length = [
        next(one.count for one in plan.reasons if one.code == "days_from_first_to_last")
        for plan in made
    ]
    assert length[-1] <= length[0]


def test_clashing_rules_are_named() -> None:
    """Integration on the next day is impossible where the patient cannot come on weekdays' eve."""
    asked = problem(data.protocols()["iv_six"])
    mondays_only = {
        code: [one for one in slots if one.local_on.isoweekday() == 1]
        for code, slots in asked.candidates.items()
    }

    found = solve(replace(asked, candidates=mondays_only), (Aim.CONTINUITY,))

    assert isinstance(found, Clash)
    assert found.rules or found.steps_without_slot


def test_patients_own_constraints_are_named_where_they_clash() -> None:
    asked = problem(data.protocols()["lozenge_four"])
    never = {
        code: [replace(one, suits_patient=code != "dose_2") for one in slots]
        for code, slots in asked.candidates.items()
    }

    found = solve(replace(asked, candidates=never), (Aim.CONTINUITY,))

    assert isinstance(found, Clash)
    assert found.rules == ("patient_constraints",)


def test_step_without_any_slot_is_named() -> None:
    asked = problem(data.protocols()["lozenge_four"])

    found = solve(replace(asked, candidates={**asked.candidates, "dose_3": []}), (Aim.CONTINUITY,))

    assert isinstance(found, Clash)
    assert found.steps_without_slot == ("dose_3",)


def test_repair_moves_as_few_visits_as_it_can() -> None:
    asked = problem(data.protocols()["lozenge_four"], weekend=True)
    (made,) = proposals(asked)
    lost = "integration_2"
    candidates = {
        code: [
            *([replace(made.placed[code], current=True)] if code != lost else []),
            *[one for one in slots if one.starts_at != made.placed[code].starts_at],
        ]
        for code, slots in asked.candidates.items()
    }

    (repaired,) = proposals(replace(asked, candidates=candidates), Aim.SMALLEST_REPAIR)

    moved = [code for code, one in repaired.placed.items() if not one.current]
    assert moved == [lost]
    assert asked.protocol.broken(repaired.placed) == []


def test_protocol_whose_rule_names_a_later_step_cannot_be_read() -> None:
    protocol = data.protocols()["lozenge_four"]

    with pytest.raises(ValueError, match="unknown dose_1"):
        replace(protocol, steps=protocol.steps[:2] + protocol.steps[3:])
