"""Which visits follow a change of clearance."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from scheduling.domain.clearance import Clearance, RouteClearance
from scheduling.domain.errors import VisitNotOpen
from scheduling.domain.visit import Visit, VisitState

NOW = datetime(2027, 3, 1, 15, 0, tzinfo=UTC)
VISIT = Visit(
    id=uuid4(),
    patient_id=uuid4(),
    site_id=uuid4(),
    room_id=uuid4(),
    visit_type="dosing_im",
    visit_type_version="1",
    route="im",
    starts_at=NOW + timedelta(hours=1),
    ends_at=NOW + timedelta(hours=3),
    local_on=date(2027, 3, 1),
    staff={},
    booked_at=NOW,
)
HELD = replace(VISIT, state=VisitState.HELD, held_reason="clearance_lost", version=2)


def clearance(*, cleared: bool, expires_at: datetime | None = None) -> Clearance:
    route = RouteClearance(cleared=cleared, reasons=(), expires_at=expires_at)
    return Clearance(patient_id=VISIT.patient_id, version=2, changed_at=NOW, routes={"im": route})


def test_lost_holds_and_regained_releases() -> None:
    held = VISIT.follow(clearance(cleared=False), now=NOW)

    assert (held.state, held.held_reason, held.version) == (VisitState.HELD, "clearance_lost", 2)
    released = held.follow(clearance(cleared=True), now=NOW)
    assert (released.state, released.held_reason, released.version) == (VisitState.BOOKED, None, 3)


@pytest.mark.parametrize(
    ("visit", "cleared"),
    [
        (VISIT, True),
        (HELD, False),
        (replace(VISIT, route=None), False),
        (replace(VISIT, state=VisitState.CHECKED_IN), False),
        (replace(HELD, held_reason="site_closed"), True),
        (replace(VISIT, starts_at=NOW - timedelta(hours=2), ends_at=NOW), False),
    ],
)
def test_other_visits_stay_as_they_are(visit: Visit, cleared: bool) -> None:
    assert visit.follow(clearance(cleared=cleared), now=NOW) is visit


def test_route_that_is_not_named_is_not_cleared() -> None:
    nothing = replace(clearance(cleared=True), routes={})

    assert VISIT.follow(nothing, now=NOW).state is VisitState.HELD


def test_clearance_must_last_until_the_visit_starts() -> None:
    short = clearance(cleared=True, expires_at=VISIT.starts_at)
    long = clearance(cleared=True, expires_at=VISIT.starts_at + timedelta(seconds=1))

    assert VISIT.follow(short, now=NOW).state is VisitState.HELD
    assert HELD.follow(short, now=NOW) is HELD
    assert HELD.follow(long, now=NOW).state is VisitState.BOOKED


def test_visit_begins_once() -> None:
    begun = VISIT.check_in()

    with pytest.raises(VisitNotOpen):
        begun.check_in()
