"""The first dosing day from check-in to discharge, as the reference journey tells it."""

from datetime import timedelta
from typing import Any

from .clinic import ALDRETE, WELL, Clinic


def at(systolic: int, diastolic: int, moaas: int, cadss6: int) -> dict[str, Any]:
    return {
        **WELL,
        "systolic_mmhg": systolic,
        "diastolic_mmhg": diastolic,
        "moaas": moaas,
        "cadss6": cadss6,
        "aldrete": {**ALDRETE, "consciousness": 2 if moaas == 5 else 1},
    }


COURSE = {
    10: at(142, 86, 4, 10),
    20: at(150, 92, 4, 14),
    30: at(148, 90, 4, 12),
    45: at(138, 84, 4, 8),
    60: at(132, 80, 5, 4),
    90: at(126, 78, 5, 2),
}


async def test_day_of_first_dose(clinic: Clinic) -> None:
    service = clinic.service
    order = (await clinic.order()).json()
    assert (order["amount_mg"], order["amount_mg_per_kg"], order["volume_ml"]) == (
        "34",
        "0.5",
        "0.68",
    )
    await clinic.observe()
    draw = (await clinic.draw()).json()
    assert draw["balance_mg"] == "465"
    assert (await clinic.check(draw["draw_id"])).status_code == 201
    dose = await clinic.give(draw["draw_id"])
    assert dose.status_code == 201, dose.text
    assert dose.json()["clearance_version"] == 1
    assert dose.json()["extra_monitoring"] == ["ecg"]
    start = service.clock.now()

    body = {"amount_mg": "1", "reason": "residue"}
    waste = await clinic.post(clinic.ortiz, f"/v1/draws/{draw['draw_id']}/wastes", body)
    assert waste.json()["state"] == "pending"
    path = f"/v1/wastes/{waste.json()['id']}/witness"
    seen = await clinic.post(clinic.park, path, {"amount_mg": "1"})
    assert seen.json()["state"] == "witnessed"

    for minute, readings in COURSE.items():
        service.clock.at = start + timedelta(minutes=minute)
        taken = await clinic.observe(readings)
        assert taken.json()["minutes_since_first_dose"] == minute

    service.clock.at = start + timedelta(minutes=119)
    await clinic.observe(WELL)
    early = await clinic.discharge()
    assert early.status_code == 409
    assert early.json()["rules"] == ["minimum_watch"]

    service.clock.at = start + timedelta(minutes=120)
    alone = await clinic.discharge(escort={"present": False, "id_document": None})
    assert alone.json()["rules"] == ["escort_absent", "escort_not_identified"]
    await clinic.observe(WELL)
    gone = await clinic.discharge()

    assert gone.status_code == 200, gone.text
    assert gone.json()["state"] == "discharged"
    assert [move["after"] for move in gone.json()["moves"]] == [
        "checked_in",
        "ready",
        "dosing",
        "monitoring",
        "dischargeable",
        "discharged",
    ]
    assert all(move["by"] for move in gone.json()["moves"][1:])
    assert {due["state"] for due in gone.json()["schedule"]} == {"done"}
    vial = (await clinic.get(f"/v1/containers/{clinic.vial}")).json()
    assert (vial["balance_mg"], vial["chain"]) == ("465", "intact")
    kinds = [entry["kind"] for entry in vial["entries"]]
    assert kinds == ["receive", "draw", "administer", "waste"]
    types = await clinic.types()
    assert types[0] == "dosing.session_opened.v1"
    assert types.count("dosing.observation_recorded.v1") == 9
    assert [t for t in types if "observation" not in t][1:] == [
        "dosing.dose_administered.v1",
        "dosing.exposure_changed.v1",
        "dosing.session_discharged.v1",
        "dosing.follow_up_requested.v1",
        "dosing.follow_up_requested.v1",
    ]
