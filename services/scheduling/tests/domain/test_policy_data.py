"""The policy files hold together, and a broken one is noticed."""

from dataclasses import replace

import pytest
from scheduling import data
from scheduling.domain.practitioner import Role

ROUTES = {"iv", "im", "sublingual", "oral", "nasal_racemic", "nasal_esketamine"}


def test_every_route_has_one_dosing_visit_that_covers_its_watch() -> None:
    dosing = [kind for kind in data.visit_types().values() if kind.route is not None]

    assert sorted(kind.route or "" for kind in dosing) == sorted(ROUTES)
    for kind in dosing:
        assert kind.duration_minutes > kind.minimum_watch_minutes > 0
        assert kind.room_required
        assert kind.staff.keys() == set(Role)


def test_visit_shorter_than_its_watch_cannot_be_read() -> None:
    kind = data.visit_types()["dosing_im"]

    with pytest.raises(ValueError, match="dosing_im"):
        replace(kind, duration_minutes=kind.minimum_watch_minutes)


def test_every_needed_credential_is_of_a_known_kind() -> None:
    needed = {
        code
        for kind in data.visit_types().values()
        for codes in kind.staff.values()
        for code in codes
    }

    assert needed <= data.credential_kinds().keys()
    assert not {"driving_licence"} <= data.credential_kinds().keys()


def test_check_in_policy_names_known_routes_only() -> None:
    policy = data.check_in_policy()

    assert policy.escort_routes == policy.fasting_answer_routes == ROUTES
    assert policy.fasting_kept_routes < ROUTES
    assert policy.earliest_minutes_before_start > 0
