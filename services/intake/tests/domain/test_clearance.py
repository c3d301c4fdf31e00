"""A route is cleared by all of its causes together, and only while they last."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from intake.data.policy import policy
from intake.domain.clearance import Agreed, Clearance, Decided, RouteStatus, derive
from intake.domain.errors import NotCleared
from intake.domain.patient import age_years
from intake.domain.route import ROUTES
from kairos_events.fields import Route

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
SOON = NOW + timedelta(days=30)
LATER = NOW + timedelta(days=60)
SECOND = timedelta(seconds=1)


def decided(**changes: Any) -> Decided:
    values: dict[str, Any] = {"outcome": "eligible", "expires_at": SOON, "extra_monitoring": ("x",)}
    return Decided(**{**values, **changes})


def agreed(**changes: Any) -> Agreed:
    values: dict[str, Any] = {"scopes": ("treatment_im",), "revoked": False, "expires_at": LATER}
    return Agreed(**{**values, **changes})


def im(
    decision: Decided | None, *consents: Agreed, blocked: bool = False, now: datetime = NOW
) -> RouteStatus:
    decisions = {} if decision is None else {"im": decision}
    routes = derive(decisions, consents, safety_blocked=blocked, now=now)
    assert tuple(status.route for status in routes) == ROUTES
    assert not any(status.cleared for status in routes if status.route != "im")
    return routes[ROUTES.index("im")]


def test_decision_and_consent_together_clear_until_the_first_ends() -> None:
    status = im(decided(), agreed())
    assert status.cleared
    assert status.expires_at == SOON
    assert status.extra_monitoring == ("x",)


@pytest.mark.parametrize(
    ("decision", "consents", "blocked", "reasons"),
    [
        (None, (), False, ["no_decision", "no_consent"]),
        (None, (agreed(),), False, ["no_decision"]),
        (decided(outcome="not_eligible"), (agreed(),), False, ["not_eligible"]),
        (decided(outcome="deferred"), (agreed(),), False, ["deferred"]),
        (decided(expires_at=NOW), (agreed(),), False, ["decision_expired"]),
        (decided(), (), False, ["no_consent"]),
        (decided(), (agreed(scopes=("treatment_iv", "touch")),), False, ["no_consent"]),
        (decided(), (agreed(revoked=True),), False, ["consent_revoked"]),
        (decided(), (agreed(expires_at=NOW),), False, ["consent_expired"]),
        (decided(), (agreed(),), True, ["safety_concern"]),
    ],
)
def test_any_cause_missing_means_not_cleared(
    decision: Decided | None, consents: tuple[Agreed, ...], blocked: bool, reasons: list[str]
) -> None:
    status = im(decision, *consents, blocked=blocked)
    assert list(status.reasons) == reasons
    assert status.expires_at is None
    assert status.extra_monitoring == ()


def test_new_consent_counts_beside_one_that_was_revoked() -> None:
    assert im(decided(), agreed(revoked=True), agreed()).cleared


@pytest.mark.parametrize(
    ("at", "reasons"),
    [
        (SOON - SECOND, []),
        (SOON, ["decision_expired"]),
        (LATER, ["decision_expired", "consent_expired"]),
    ],
)
def test_what_has_run_out_is_not_cleared_although_no_timer_said_so(
    at: datetime, reasons: list[str]
) -> None:
    routes = derive({"im": decided()}, [agreed()], safety_blocked=False, now=NOW)
    clearance = Clearance(patient_id=uuid4(), version=3, changed_at=NOW, routes=routes)
    assert list(clearance.of("im", at).reasons) == reasons
    if reasons:
        with pytest.raises(NotCleared) as refused:
            clearance.confirm("im", now=at, valid_for=10 * SECOND)
        assert refused.value.members == {"rules": reasons, "clearance_version": 3}


def test_confirmation_never_outlasts_the_clearance() -> None:
    routes = derive({"im": decided()}, [agreed()], safety_blocked=False, now=NOW)
    clearance = Clearance(patient_id=uuid4(), version=3, changed_at=NOW, routes=routes)
    assert clearance.confirm("im", now=NOW, valid_for=10 * SECOND) == NOW + 10 * SECOND
    assert clearance.confirm("im", now=SOON - SECOND, valid_for=10 * SECOND) == SOON


def test_version_grows_only_with_a_change() -> None:
    routes = derive({}, (), safety_blocked=False, now=NOW)
    first = Clearance(patient_id=uuid4(), version=1, changed_at=NOW, routes=routes)
    assert first.reconsidered(routes, SOON) is first
    changed = first.reconsidered(derive({}, [agreed()], safety_blocked=False, now=NOW), SOON)
    assert (changed.version, changed.changed_at) == (2, SOON)


def test_routes_are_those_of_the_published_language() -> None:
    assert set(ROUTES) == {route.value for route in Route}


@pytest.mark.parametrize(
    ("born", "today", "years"),
    [
        ((2009, 3, 1), (2027, 2, 28), 17),
        ((2009, 3, 1), (2027, 3, 1), 18),
        ((2008, 2, 29), (2026, 2, 28), 17),
        ((2008, 2, 29), (2026, 3, 1), 18),
    ],
)
def test_age_turns_on_the_birthday(
    born: tuple[int, int, int], today: tuple[int, int, int], years: int
) -> None:
    on = datetime(*born, tzinfo=UTC).date()
    assert age_years(on, datetime(*today, tzinfo=UTC).date()) == years


@pytest.mark.parametrize(
    ("signed", "ends"),
    [
        ((2027, 3, 1), (2028, 3, 1)),
        ((2028, 2, 29), (2029, 2, 28)),
        ((2027, 12, 31), (2028, 12, 31)),
    ],
)
def test_consent_ends_twelve_calendar_months_later(
    signed: tuple[int, int, int], ends: tuple[int, int, int]
) -> None:
    assert policy().consent_ends(datetime(*signed, tzinfo=UTC)) == datetime(*ends, tzinfo=UTC)
