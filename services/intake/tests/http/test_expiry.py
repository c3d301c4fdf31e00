"""What runs out, and what a day brings: durable, told once, and held against every dose."""

from datetime import timedelta
from typing import Any

import pytest

from .steps import Clinic, problem


async def changes(clinic: Clinic) -> list[tuple[bool, list[str]]]:
    events = await clinic.service.outboxed(clinic.network)
    routes = [e.data["routes"] for e in events if e.type == "intake.clearance_changed.v1"]
    return [(r["cleared"], r["reasons"]) for rs in routes for r in rs if r["route"] == "im"]


async def test_expired_decision_is_announced_by_the_timer(clinic: Clinic) -> None:
    await clinic.clear_for_im()
    clinic.service.clock.advance(timedelta(days=180))

    await clinic.service.run_due()
    await clinic.service.run_due()

    assert (await changes(clinic))[-1] == (False, ["decision_expired"])
    assert len(await changes(clinic)) == 4


async def test_nothing_is_announced_before_it_runs_out(clinic: Clinic) -> None:
    await clinic.clear_for_im()
    clinic.service.clock.advance(timedelta(days=180) - timedelta(seconds=1))

    await clinic.service.run_due()

    assert len(await changes(clinic)) == 3


async def test_withdrawn_clearance_leaves_no_timer_behind(clinic: Clinic) -> None:
    consent = await clinic.clear_for_im()
    await clinic.revoke(consent)

    timers = await clinic.service.rows("timer", clinic.network)

    assert [t for t in timers if t["kind"] == "clearance.review"] == []


@pytest.mark.parametrize(
    ("fact", "rule"),
    [
        ({"intoxicated_now": True}, "C41"),
        ({"last_alcohol": True}, "C41"),
        ({"last_meal": True}, "C37"),
        ({"new_chest_pain": True}, "C42"),
        ({"escort_confirmed": False}, "C38"),
    ],
)
async def test_what_speaks_against_a_dose_today_refuses_the_confirmation_only(
    clinic: Clinic, fact: dict[str, Any], rule: str
) -> None:
    await clinic.clear_for_im()
    before = await clinic.status()
    await clinic.record(**fact)

    refused = await clinic.confirm()
    clinic.service.clock.advance(timedelta(days=2))
    later = await clinic.confirm()

    assert problem(refused) == (409, "not_cleared")
    assert refused.json()["rules"] == [rule]
    assert later.status_code == 201
    assert await clinic.status() == before


async def test_first_dose_needs_a_pregnancy_test_of_this_week(clinic: Clinic) -> None:
    await clinic.clear_for_im()
    await clinic.record(childbearing_potential=True, hcg_result="negative")

    fresh = await clinic.confirm()
    clinic.service.clock.advance(timedelta(days=8))
    old = await clinic.confirm()
    await clinic.record(hcg_result="negative")

    assert fresh.status_code == 201
    assert old.json()["rules"] == ["C08"]
    assert (await clinic.confirm()).status_code == 201


async def test_visit_evaluation_shows_what_is_not_known_today(clinic: Clinic) -> None:
    await clinic.clear_for_im()
    path = f"/v1/patients/{clinic.patient}/evaluations"

    visit = (await clinic.post(path, {"route": "im", "phase": "visit"})).json()
    order = (await clinic.post(path, {"route": "im", "phase": "order"})).json()
    decided = await clinic.decide(visit)

    assert visit["attest"] == ["C37", "C38", "C41", "C42"]
    assert [(r["rule"], r["finding"]) for r in order["results"]] == [("C40", "pass")]
    assert problem(decided) == (409, "wrong_phase")


async def test_esketamine_needs_the_rems_known_and_enrolled(clinic: Clinic) -> None:
    await clinic.clear_for_im()
    assert (await clinic.decide(await clinic.evaluate("nasal_esketamine"))).status_code == 201
    shown = await clinic.draft()
    scopes = ["treatment_im", "treatment_nasal_esketamine"]
    assert (await clinic.sign(shown, scopes=scopes)).status_code == 200

    unknown = await clinic.confirm("nasal_esketamine")
    await clinic.record(patient_rems_enrolled=True, site_rems_enrolled=False)
    site_missing = await clinic.confirm("nasal_esketamine")
    await clinic.record(site_rems_enrolled=True)

    assert unknown.json()["rules"] == ["C35"]
    assert site_missing.json()["rules"] == ["C35"]
    assert (await clinic.confirm("nasal_esketamine")).status_code == 201


async def test_event_recorded_late_counts_from_when_it_happened(clinic: Clinic) -> None:
    """A heart attack three weeks ago is found after somebody had said there was none."""
    await clinic.clear_for_im()
    at = (clinic.service.clock.now() - timedelta(days=20)).isoformat()
    late = {"name": "cardiovascular_event", "value": True, "occurred_at": at, "source": "partner"}

    await clinic.post(f"/v1/patients/{clinic.patient}/facts", {"facts": [late]})

    assert (await clinic.status())["reasons"] == ["decision_excluded"]
    await clinic.record(cardiovascular_event=False)  # it was an error
    assert (await clinic.status())["cleared"]


async def test_medicine_of_no_known_class_is_for_review_until_somebody_reads_the_list(
    clinic: Clinic,
) -> None:
    await clinic.clear_for_im()
    clinic.service.clock.advance(timedelta(hours=1))

    await clinic.record(medications=["sertraline", "brandnewin"])
    found = await clinic.evaluate()
    await clinic.record(takes_cns_depressant=False, takes_pressor=False)
    read = await clinic.evaluate()

    assert found["attest"] == ["C25", "C27"]
    assert read["attest"] == []
