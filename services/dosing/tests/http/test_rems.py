"""The SPRAVATO REMS: the form from the record, its seven days, its submission and its edition."""

from datetime import timedelta
from typing import Any

import pytest
from dosing import data

from .clinic import GOOD, WELL, Clinic
from .test_every_route import enrol, esketamine

NOTHING = dict.fromkeys(
    (
        "takes_benzodiazepine",
        "takes_sedative_hypnotic",
        "takes_opioid",
        "takes_psychostimulant",
        "takes_maoi",
    ),
    False,
)


async def treated(clinic: Clinic, *, at_20: dict[str, Any] | None = None) -> None:
    """Two devices, watched for two hours, and discharged."""
    await esketamine(clinic)
    await enrol(clinic, "patient", clinic.patient)
    await enrol(clinic, "site", clinic.site)
    draw = (await clinic.draw("56")).json()["draw_id"]
    await clinic.give(draw, "28")
    begun = clinic.service.clock.now()
    clinic.service.clock.advance(timedelta(minutes=5))
    assert (await clinic.give(draw, "28")).status_code == 201
    await clinic.watched_at(begun, 20, readings={**GOOD, **(at_20 or {})})
    await clinic.watched_at(begun, 40, readings={**GOOD, "systolic_mmhg": 146, "cadss6": 9})
    await clinic.watched_at(begun, 60, 80, 104, 119, readings=WELL)
    clinic.service.clock.at = begun + timedelta(minutes=120)


async def ended(clinic: Clinic, **changes: Any) -> None:
    await treated(clinic, **changes)
    assert (await clinic.discharge()).status_code == 200


async def form(clinic: Clinic, **attested: bool) -> Any:
    path = f"/v1/sessions/{clinic.session}/rems-forms"
    return await clinic.post(clinic.ortiz, path, {**NOTHING, **attested})


async def test_form_is_filled_from_the_record(clinic: Clinic) -> None:
    await ended(clinic)

    answer = await form(clinic, takes_benzodiazepine=True)

    assert answer.status_code == 201, answer.text
    said = answer.json()["content"]
    assert answer.json()["form_version"] == "PMF-11/2021"
    assert (said["dose"], said["dose_mg"], said["devices"], said["lots"]) == (
        "labelled",
        "56",
        2,
        ["K2411"],
    )
    assert (said["first_treatment"], said["enrolled"]) == (True, True)
    assert said["monitored_by"] == str(clinic.ortiz)
    assert (said["minutes_first_device_to_end"], said["blood_pressure_at_40_minutes"]) == (
        120,
        "146/76",
    )
    assert (said["blood_pressure_before"], said["blood_pressure_at_end"]) == ("124/76", "122/76")
    assert (said["vitals_acceptable_before"], said["vitals_acceptable_at_end"]) == (True, True)
    # Every sign of the discharge held at 60 minutes but for alertness over fifteen: at 80 it did.
    assert said["minutes_until_ready_without_two_hours"] == 60
    assert said["dissociation"] == {"occurred": True, "from_minute": 40, "until_minute": 40}
    assert said["sedation"]["occurred"] is False
    assert said["respiratory_depression"]["occurred"] is False
    assert said["takes"]["benzodiazepine"] is True
    assert said["serious_adverse_events"] == []


@pytest.mark.parametrize(
    ("readings", "effect"),
    [
        ({"moaas": 4}, "sedation"),
        ({"moaas": 0}, "sedation"),  # no response at all is no missing answer
        ({"side_effects": {"sedation": 1}}, "sedation"),
        ({"cadss6": 5}, "dissociation"),
        ({"respiratory_rate_bpm": 7}, "respiratory_depression"),
        ({"spo2_percent": 89}, "respiratory_depression"),
    ],
)
async def test_what_was_seen_is_on_the_form_with_its_minute(
    clinic: Clinic, readings: dict[str, Any], effect: str
) -> None:
    await treated(clinic, at_20=readings)
    for alert in (await clinic.get(f"/v1/sessions/{clinic.session}/alerts")).json()["items"]:
        path = f"/v1/alerts/{alert['id']}/acknowledgement"
        await clinic.post(clinic.park, path, {"action": "treated"})
    assert (await clinic.discharge()).status_code == 200

    said = (await form(clinic)).json()["content"]

    assert (said[effect]["occurred"], said[effect]["from_minute"]) == (True, 20)


async def test_form_is_of_a_rems_session_that_is_over(clinic: Clinic) -> None:
    await treated(clinic)

    assert (await form(clinic)).json()["type"] == "urn:kairos:problem:not_of_rems"


async def test_other_drug_has_no_rems_form_and_no_clock_of_one(clinic: Clinic) -> None:
    await clinic.dosed()
    body = {"cause": "collapse"}
    seen = await clinic.get(f"/v1/sessions/{clinic.session}")
    path = f"/v1/sessions/{clinic.session}/transfer"
    moved = await clinic.post(clinic.ortiz, path, body, **{"If-Match": seen.headers["ETag"]})
    assert moved.status_code == 200, moved.text
    refused = await form(clinic)
    clinic.service.clock.advance(timedelta(days=8))

    assert refused.json()["type"] == "urn:kairos:problem:not_of_rems"
    assert await overdue(clinic) == []


async def overdue(clinic: Clinic) -> list[str]:
    await clinic.due()
    rows = await clinic.service.rows("alert", clinic.network)
    return [row["code"] for row in rows if row["code"] == "rems_form_overdue"]


async def test_seven_days_run_although_nobody_has_begun_the_form(clinic: Clinic) -> None:
    await ended(clinic)
    clinic.service.clock.advance(timedelta(days=7, minutes=-121))
    assert await overdue(clinic) == []
    clinic.service.clock.advance(timedelta(minutes=1))

    assert await overdue(clinic) == ["rems_form_overdue"]


async def test_form_that_is_filled_and_not_sent_is_overdue_and_one_that_is_sent_is_not(
    clinic: Clinic,
) -> None:
    await ended(clinic)
    filled = (await form(clinic)).json()
    again = (await form(clinic, takes_maoi=True)).json()
    path = f"/v1/rems-forms/{again['id']}/submission"
    sent = await clinic.post(clinic.ortiz, path, {"channel": "fax", "reference": "F-7"})
    twice = await clinic.post(clinic.ortiz, path, {"channel": "fax", "reference": "F-8"})
    clinic.service.clock.advance(timedelta(days=8))

    assert (filled["version"], again["version"]) == (1, 2)
    assert sent.status_code == 201, sent.text
    assert twice.json()["type"] == "urn:kairos:problem:rems_form_submitted"
    assert await overdue(clinic) == []
    kept = (await clinic.get(f"/v1/sessions/{clinic.session}/rems-forms")).json()
    assert (kept["submission"]["reference"], len(kept["forms"])) == ("F-7", 2)
    printed = await clinic.get(f"/v1/rems-forms/{again['id']}/form.pdf")
    assert printed.content.startswith(b"%PDF-")


async def test_minutes_on_the_form_are_those_that_passed(clinic: Clinic) -> None:
    await treated(clinic)
    clinic.service.clock.jump(timedelta(hours=1))
    assert (await clinic.observe(WELL)).status_code == 201
    assert (await clinic.discharge()).status_code == 200

    said = (await form(clinic)).json()["content"]

    assert said["minutes_first_device_to_end"] == 120


def test_edition_of_the_form_is_policy() -> None:
    assert data.rems_form_policy().edition == data.document("rems_form_v1.toml")["edition"]["value"]
