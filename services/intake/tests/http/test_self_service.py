"""A patient answers alone: by a link that expires, is theirs, is resumed, and tells of danger."""

from datetime import timedelta
from typing import Any

from .steps import PHQ9_19, Clinic, problem


async def open_link(clinic: Clinic, *instruments: str, **more: Any) -> dict[str, Any]:
    path = f"/v1/patients/{clinic.patient}/self-service-links"
    answer = await clinic.post(path, {"instruments": list(instruments), **more}, role="nurse")
    assert answer.status_code == 201, answer.text
    opened: dict[str, Any] = answer.json()
    return opened


def alone(clinic: Clinic, opened: dict[str, Any]) -> Any:
    return clinic.service.raw(headers={"Authorization": f"Bearer {opened['token']}"})


async def reply(patient: Any, instrument: str, item: str, value: int) -> Any:
    path = f"/v1/self-service/{instrument}/answers"
    return await patient.post(path, json={"item": item, "value": value})


async def test_questionnaire_is_in_the_patients_language_and_time(clinic: Clinic) -> None:
    await clinic.register(preferred_language="es-US", zone="America/Denver")
    opened = await open_link(clinic, "phq9")
    async with alone(clinic, opened) as patient:
        shown = (await patient.get("/v1/self-service")).json()

    (phq9,) = shown["questionnaires"]
    assert phq9["items"][0]["text"] == "Poco interés o placer en hacer cosas"
    assert phq9["items"][0]["options"][0]["text"] == "Ningún día"
    assert shown["expires_at_local"] == "2027-03-04T05:00-07:00"


async def test_link_is_resumed_and_ends_with_the_last_questionnaire(clinic: Clinic) -> None:
    await clinic.register()
    opened = await open_link(clinic, "phq9", "gad7")
    async with alone(clinic, opened) as patient:
        await reply(patient, "phq9", "item1", 3)
    async with alone(clinic, opened) as patient:  # another day, another phone
        seen = (await patient.get("/v1/self-service")).json()["questionnaires"][0]
        early = await patient.post("/v1/self-service/phq9/completion")
        for item, value in {**PHQ9_19, "item9": 0}.items():
            await reply(patient, "phq9", item, value)
        done = await patient.post("/v1/self-service/phq9/completion")
        for number in range(1, 8):
            await reply(patient, "gad7", f"item{number}", 1)
        last = await patient.post("/v1/self-service/gad7/completion")
        after = await patient.get("/v1/self-service")

    assert seen["items"][0]["answer"] == 3
    assert "item1" not in seen["missing"]
    assert problem(early) == (409, "assessment_incomplete")
    assert (done.status_code, last.status_code) == (200, 200)
    assert after.status_code == 401
    listed = (await clinic.get(f"/v1/patients/{clinic.patient}/assessments")).json()["items"]
    assert [(a["instrument"], a["score"]) for a in listed] == [("phq9", 18), ("gad7", 7)]


async def test_danger_answered_at_two_at_night_reaches_the_clinician_on_call_at_once(
    clinic: Clinic,
) -> None:
    """10b #10: item 9 = 3 sent from home."""
    await clinic.clear_for_im()
    opened = await open_link(clinic, "phq9")
    clinic.service.clock.at = clinic.service.clock.at.replace(hour=9)  # 02:00 in Denver
    clinic.service.clock.advance(timedelta(days=1))
    async with alone(clinic, opened) as patient:
        told = await reply(patient, "phq9", "item9", 3)
        calm = await reply(patient, "phq9", "item1", 0)
    await clinic.service.run_due()

    assert "988" in told.json()["crisis"]
    assert calm.json()["crisis"] is None
    assert (await clinic.status())["reasons"] == ["safety_concern"]
    events = await clinic.service.outboxed(clinic.network)
    (paged,) = [e.data for e in events if e.type == "intake.safety_concern_escalated.v1"]
    assert (paged["step"], paged["notify"]) == (1, "on_call_clinician")
    assert paged["escalated_at"] == paged["raised_at"]


async def test_link_opens_its_questionnaires_and_nothing_else(clinic: Clinic) -> None:
    await clinic.register()
    opened = await open_link(clinic, "phq9")
    async with alone(clinic, opened) as patient:
        other = await reply(patient, "gad7", "item1", 1)
        unbegun = await patient.post("/v1/self-service/phq9/completion")
        own = await patient.get(f"/v1/patients/{clinic.patient}")
        listed = await patient.get("/v1/patients?name=canary")

    assert problem(other) == (404, "instrument_not_found")
    assert problem(unbegun) == (404, "assessment_not_found")
    assert own.status_code == listed.status_code == 403


async def test_link_that_is_over_ended_or_unknown_opens_nothing(clinic: Clinic) -> None:
    await clinic.register()
    over = await open_link(clinic, "phq9", valid_hours=1)
    ended = await open_link(clinic, "phq9", valid_hours=9_999)
    path = f"/v1/self-service-links/{ended['link']['id']}/end"
    assert (await clinic.post(path)).status_code == 200
    assert problem(await clinic.post(path)) == (409, "link_ended")
    clinic.service.clock.advance(timedelta(hours=1))

    forged = {"token": ended["token"][:-1] + ("A" if ended["token"][-1] != "A" else "B")}
    for opened in (over, ended, forged):
        async with alone(clinic, opened) as patient:
            assert (await patient.get("/v1/self-service")).status_code == 401
    assert ended["link"]["expires_at"] == "2027-03-15T12:00:00Z"  # never longer than the policy


async def test_what_may_not_be_shipped_is_given_to_no_patient(clinic: Clinic) -> None:
    await clinic.register()
    path = f"/v1/patients/{clinic.patient}/self-service-links"
    for code in ("cssrs_screener", "dast10"):
        refused = await clinic.post(path, {"instruments": [code]})
        assert problem(refused) == (422, "not_for_patients")
