"""Who may do what: by role and credentials, on that day, in that state."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from dosing.domain import staff
from dosing.domain.errors import NotLicensed
from dosing.domain.staff import Act, Credential, Practitioner, Qualification

from .makers import NOW, session

TODAY = NOW.date()
DAY = timedelta(days=1)
NURSE = (
    Qualification(act=Act.ADMINISTER, role="nurse", kinds=("nursing_licence", "bls")),
    Qualification(act=Act.HANDLE, role="nurse", kinds=("nursing_licence",)),
)


def credential(kind: str = "nursing_licence", **changes: Any) -> Credential:
    values: dict[str, Any] = {
        "state": "CO",
        "issued_on": TODAY - DAY,
        "expires_on": TODAY + DAY,
        "active": True,
    }
    return Credential(kind=kind, **{**values, **changes})


def nurse(*credentials: Credential, role: str = "nurse") -> Practitioner:
    return Practitioner(id=UUID(int=21), roles=frozenset({role}), credentials=credentials)


@pytest.mark.parametrize(
    ("changes", "holds"),
    [
        ({}, True),
        ({"issued_on": TODAY}, True),
        ({"issued_on": TODAY + DAY, "expires_on": TODAY + 9 * DAY}, False),
        ({"expires_on": TODAY}, True),  # its last day
        ({"expires_on": TODAY - DAY, "issued_on": TODAY - 9 * DAY}, False),
        ({"active": False}, False),  # suspended
        ({"state": "UT"}, False),
        ({"state": None}, True),  # good everywhere
        ({"state": None, "expires_on": TODAY - DAY}, False),
    ],
)
def test_credential_holds_from_its_first_day_to_its_last_in_its_state(
    changes: dict[str, Any], holds: bool
) -> None:
    day = replace(session(), opened_at=NOW).opened_at.date()  # an equal day, and another object

    assert credential(**changes).holds(day, "CO") is holds


@pytest.mark.parametrize(
    ("person", "administers", "handles"),
    [
        (nurse(credential(), credential("bls")), True, True),
        (nurse(credential()), False, True),  # every credential of the way is needed
        (nurse(credential("bls")), False, False),
        (nurse(credential(), credential("bls", expires_on=TODAY - DAY)), False, True),
        (nurse(credential(), credential("bls"), role="therapist"), False, False),
        (nurse(), False, False),
    ],
)
def test_act_takes_its_role_and_every_credential_of_one_way(
    person: Practitioner, administers: bool, handles: bool
) -> None:
    assert staff.qualified(person, Act.ADMINISTER, NURSE, TODAY, "CO") is administers
    assert staff.qualified(person, Act.HANDLE, NURSE, TODAY, "CO") is handles


def test_way_to_one_act_is_none_to_another() -> None:
    """Whatever the acts are called: those whose names come before and after are others too."""
    person = nurse(credential(), credential("bls"))

    qualified = {act for act in Act if staff.qualified(person, act, NURSE, TODAY, "CO")}

    assert qualified == {Act.ADMINISTER, Act.HANDLE}


def test_day_is_that_of_the_site() -> None:
    """05:00 UTC is still the day before in Denver: the licence has not ended there."""
    early = NOW.replace(hour=5)

    assert staff.day_at(session(), early) == TODAY - DAY
    assert staff.day_at(session(site_zone="Asia/Tokyo"), NOW) == TODAY + DAY


def test_unlicensed_act_is_refused_and_a_licensed_one_is_not() -> None:
    here = session()

    staff.require(nurse(credential()), Act.HANDLE, NURSE, here, NOW)
    with pytest.raises(NotLicensed):
        staff.require(nurse(), Act.HANDLE, NURSE, here, NOW)
    with pytest.raises(NotLicensed):
        staff.require(nurse(credential()), Act.HANDLE, NURSE, session(site_state="UT"), NOW)
