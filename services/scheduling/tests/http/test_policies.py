"""Networks and sites set policy of their own: tightening by whoever runs the clinic, loosening
signed by a medical director, and always within bounds."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from .clinic import Clinic, slug
from .test_changes import change


async def put(clinic: Clinic, role: str, figures: dict[str, Any], **more: Any) -> Any:
    body = {"figures": figures, "reason": "board_decision", **more}
    return await clinic.post("/v1/booking-policies", body, role)


async def holding(clinic: Clinic, **params: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await clinic.get("/v1/booking-policies", **params)).json()
    return found


async def test_tighter_policy_is_set_by_who_runs_the_clinic_and_looser_takes_a_director(
    clinic: Clinic,
) -> None:
    tighter = await put(clinic, "ops_admin", {"patients_per_monitor": 1})
    looser = await put(clinic, "ops_admin", {"patients_per_monitor": 3})
    signed = await put(clinic, "medical_director", {"patients_per_monitor": 3})

    assert tighter.status_code == 201, tighter.text
    assert (slug(looser), looser.json()["figures"]) == (
        "policy_loosens",
        ["patients_per_monitor"],
    )
    assert signed.json()["loosens"] == ["patients_per_monitor"]
    assert signed.json()["signed_by"] == signed.json()["set_by"]
    now = await holding(clinic)
    assert (now["network_version"], now["figures"]["patients_per_monitor"]) == (2, 3)
    assert [one["version"] for one in now["history"]] == [2, 1]
    (row,) = await clinic.service.rows("monitor_limit", clinic.network)
    assert row["patients_per_monitor"] == 3


@pytest.mark.parametrize(
    ("figures", "of_site"),
    [
        ({"patients_per_monitor": 5}, False),
        ({"patients_per_monitor": 1}, True),  # the database keeps one ratio for a network
        ({"overbook_visit_types": ["dosing_im"]}, False),
        ({"overbook_resources": ["patient"]}, False),
        ({"hold_minutes": 0}, True),
        ({"lost_slot": "sell"}, False),
    ],
)
async def test_what_is_out_of_bounds_is_set_by_nobody(
    clinic: Clinic, figures: dict[str, Any], of_site: bool
) -> None:
    where = {"site_id": clinic.site} if of_site else {}

    answer = await put(clinic, "medical_director", figures, **where)

    assert (slug(answer), answer.json()["figures"]) == ("policy_out_of_bounds", list(figures))


async def test_site_s_policy_stands_above_the_network_s_and_holds_there_alone(
    clinic: Clinic,
) -> None:
    await put(clinic, "ops_admin", {"hold_minutes": 20})
    await put(clinic, "ops_admin", {"hold_minutes": 5}, site_id=clinic.site)

    held = await clinic.post("/v1/holds", clinic.dosing(await clinic.cleared_patient()), "nurse")

    until = clinic.service.clock.now() + timedelta(minutes=5)
    assert held.json()["expires_at"].startswith(until.isoformat()[:16])
    assert (await holding(clinic))["figures"]["hold_minutes"] == 20
    assert (await holding(clinic, site_id=clinic.site))["figures"]["hold_minutes"] == 5


async def test_first_doses_need_not_be_alone_where_a_director_has_signed_that(
    clinic: Clinic,
) -> None:
    assert (await clinic.booked())["one_to_one"] is True

    await put(clinic, "medical_director", {"first_dose_one_to_one": False})

    assert (await clinic.booked(starts_at="2027-03-02T17:00:00Z"))["one_to_one"] is False


async def test_no_show_and_late_cancellation_follow_the_policy(clinic: Clinic) -> None:
    await put(clinic, "ops_admin", {"no_show_minutes": 10, "late_hours": 0})
    first = await clinic.booked()
    second = await clinic.booked(starts_at="2027-03-01T20:00:00Z")

    await change(clinic, second, "cancellation", {"reason": "patient_ill"})
    assert (await clinic.service.outboxed(clinic.network))[-1].data["late"] is False
    clinic.service.clock.advance(timedelta(minutes=69))
    assert slug(await change(clinic, first, "no-show")) == "not_missing_yet"
    clinic.service.clock.advance(timedelta(minutes=2))
    assert (await change(clinic, first, "no-show")).json()["state"] == "missed"


async def test_overbooking_follows_the_policy(clinic: Clinic) -> None:
    await put(clinic, "ops_admin", {"overbook_reasons": []})
    body = clinic.dosing(await clinic.cleared_patient(), visit_type="integration", route=None)
    body |= {"staff": {"therapist": clinic.staff["therapist"]}}
    await clinic.book(body)
    again = {**body, "patient_id": str(await clinic.cleared_patient()), "reason": "urgent_need"}

    answer = await clinic.post("/v1/overbookings", again, "ops_admin")

    assert (slug(answer), answer.json()["rules"]) == ("overbooking_refused", ["reason"])


async def test_lost_clearance_gives_the_slot_away_where_policy_says_so(clinic: Clinic) -> None:
    await put(clinic, "ops_admin", {"lost_slot": "free"}, site_id=clinic.site)
    visit = await clinic.booked()
    patient, rival = UUID(visit["patient_id"]), await clinic.cleared_patient()

    await clinic.clear(patient, version=2, cleared=False)
    (task,) = (await clinic.get("/v1/replan-tasks")).json()["items"]
    taken = await clinic.book(clinic.dosing(rival))
    await clinic.clear(patient, version=3)

    assert (task["reason"], task["owner_id"]) == ("clearance_lost", clinic.staff["prescriber"])
    assert taken.status_code == 201, taken.text
    held = (await clinic.get(f"/v1/visits/{visit['id']}")).json()
    assert (held["state"], held["held_reason"]) == ("held", "clearance_lost")
    (task,) = (await clinic.get("/v1/replan-tasks")).json()["items"]
    assert task["reason"] == "slot_given_away"


async def test_slot_that_nobody_took_is_had_back_with_the_clearance(clinic: Clinic) -> None:
    await put(clinic, "ops_admin", {"lost_slot": "free"})
    visit = await clinic.booked()
    patient = UUID(visit["patient_id"])

    await clinic.clear(patient, version=2, cleared=False)
    await clinic.clear(patient, version=3)

    assert (await clinic.get(f"/v1/visits/{visit['id']}")).json()["state"] == "booked"
    assert (await clinic.get("/v1/replan-tasks")).json()["items"] == []
    rival = await clinic.book(clinic.dosing(await clinic.cleared_patient()))
    assert slug(rival) == "slot_taken"
