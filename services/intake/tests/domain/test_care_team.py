"""A care team counts its changes, and a change that changes nothing is none."""

from uuid import uuid4

import pytest
from intake.domain.care_team import MOST_MEMBERS, CareTeam
from intake.domain.record_errors import TeamTooLarge

NOBODY: frozenset = frozenset()


def test_first_naming_counts_even_of_nobody() -> None:
    team = CareTeam(patient_id=uuid4()).change(joins=NOBODY, leaves=NOBODY)
    assert (team.version, team.members) == (1, NOBODY)


def test_change_that_changes_nothing_is_none() -> None:
    one = uuid4()
    team = CareTeam(patient_id=uuid4()).change(joins=frozenset({one}), leaves=NOBODY)
    assert team.change(joins=frozenset({one}), leaves=frozenset({uuid4()})) is team


def test_who_joins_and_leaves_at_once_leaves() -> None:
    one = frozenset({uuid4()})
    assert CareTeam(patient_id=uuid4()).change(joins=one, leaves=one).members == NOBODY


def test_team_has_a_limit() -> None:
    most = frozenset(uuid4() for _ in range(MOST_MEMBERS))
    team = CareTeam(patient_id=uuid4()).change(joins=most, leaves=NOBODY)
    with pytest.raises(TeamTooLarge):
        team.change(joins=frozenset({uuid4()}), leaves=NOBODY)
