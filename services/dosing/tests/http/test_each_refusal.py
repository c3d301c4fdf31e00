"""Refusals and calls of the use cases themselves, each beside what passes.

The rules of the domain have their cases in `tests/domain/test_every_rule.py`; these are decided
with the books and the clock at hand.
"""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from kairos_events.fields import Route
from kairos_events.scheduling.credential_recorded_v1 import CredentialStatus

from .clinic import WELL, Clinic
from .test_watching import alerts, broken_glass

PROBLEM = "urn:kairos:problem:"


def problem(answer: Any) -> str:
    return str(answer.json()["type"]).removeprefix(PROBLEM)


async def test_order_is_of_the_sessions_route(clinic: Clinic) -> None:
    other = await clinic.order("50", "mg", route=Route.IV.value)
    right = await clinic.order()

    assert "route_not_of_session" in other.json()["rules"]
    assert right.status_code == 201


async def test_drug_is_drawn_by_somebody_licensed(clinic: Clinic) -> None:
    await clinic.order()
    await clinic.observe()
    await clinic.credit(clinic.park, "nursing_licence", status=CredentialStatus.SUSPENDED)

    suspended = await clinic.draw(who=clinic.park)
    licensed = await clinic.draw()

    assert suspended.json()["rules"] == ["drawer_not_credentialed"]
    assert licensed.status_code == 201


async def test_destroyed_is_destroyed_once(clinic: Clinic) -> None:
    body = {"amount_mg": "500", "method": "chemical_digestion"}
    path = f"/v1/containers/{clinic.vial}/destructions"
    asked = (await clinic.post(clinic.ortiz, path, body)).json()
    witness = f"/v1/destructions/{asked['id']}/witness"
    third = uuid4()
    await clinic.hire(third, "nurse", "nursing_licence")

    one = {"amount_mg": "500"}
    before = [await clinic.post(who, witness, one) for who in (clinic.park, clinic.lee)]
    after = await clinic.post(third, witness, one)

    assert [answer.status_code for answer in before] == [201, 201]
    assert problem(after) == "destruction_done"


async def test_patient_who_may_be_discharged_does_not_leave_against_advice(clinic: Clinic) -> None:
    await clinic.dosed()
    begun = clinic.service.clock.now()
    await clinic.watched_at(begun, 30, 60, 90, 105, 120, readings=WELL)
    seen = await clinic.get(f"/v1/sessions/{clinic.session}")
    body = {
        "reason": "insisted",
        "risks_explained": True,
        "keys_kept": True,
        "escort_called": True,
        "escort": {"present": True, "id_document": "passport"},
        "instructions_given": True,
        "crisis_number_given": True,
        "no_driving_agreed": True,
        "new_suicidal_ideation": False,
    }

    path = f"/v1/sessions/{clinic.session}/departure"
    departure = await clinic.post(clinic.ortiz, path, body, **{"If-Match": seen.headers["ETag"]})

    assert problem(departure) == "departure_unneeded"
    assert (await clinic.discharge()).status_code == 200


async def test_nobody_is_watched_before_a_dose(clinic: Clinic) -> None:
    path = f"/v1/sessions/{clinic.session}/monitor-handovers"

    answer = await clinic.post(clinic.park, path, {"from_practitioner_id": str(clinic.ortiz)})

    assert problem(answer) == "not_watched"


async def test_glass_is_confirmed_once(clinic: Clinic) -> None:
    first = await broken_glass(clinic, clinic.lee)
    path = f"/v1/break-glass/{first.json()['id']}/confirmation"

    again = await clinic.post(clinic.lee, path)

    assert first.status_code == 201, first.text
    assert problem(again) == "break_glass_confirmed"


async def test_serious_event_that_nobody_reports_calls_out(clinic: Clinic) -> None:
    """Reported before its time, it does not."""
    await clinic.dosed()
    now = clinic.service.clock.now()
    body = {
        "code": "hypertension",
        "grade": "3",
        "seriousness": ["hospitalisation"],
        "narrative": "admitted overnight",
        "outcome": "ongoing",
        "onset_at": now.isoformat(),
    }
    path = f"/v1/sessions/{clinic.session}/adverse-events"
    await clinic.post(clinic.ortiz, path, body)

    clinic.service.clock.at = now + timedelta(days=14)
    await clinic.due()
    before = await alerts(clinic)
    clinic.service.clock.at = now + timedelta(days=15, seconds=1)
    await clinic.due()

    called = [code for code, _ in await alerts(clinic)]
    assert "adverse_event_report_overdue" not in [code for code, _ in before]
    assert "adverse_event_report_overdue" in called
