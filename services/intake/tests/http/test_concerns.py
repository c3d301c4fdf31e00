"""Safety concerns over HTTP: who ends the block on dosing, and how."""

from .steps import Clinic, problem


async def test_acknowledgement_releases_a_low_concern(clinic: Clinic) -> None:
    await clinic.clear_for_im()
    before = await clinic.status()
    await clinic.answer(await clinic.start("phq9"), "item9", 1)
    blocked = await clinic.status()

    (concern,) = await clinic.concerns()
    answer = await clinic.on_concern(
        concern, "acknowledgement", "assessed_in_person", role="therapist"
    )

    assert before["cleared"]
    assert blocked["reasons"] == ["safety_concern"]
    assert answer.json()["blocks_dosing"] is False
    after = await clinic.status()
    assert after["cleared"]
    assert after["version"] == blocked["version"] + 1 == before["version"] + 2


async def test_high_concern_blocks_until_a_prescriber_clears_it(clinic: Clinic) -> None:
    await clinic.clear_for_im()
    await clinic.answer(await clinic.start("cssrs_screener"), "q5", 1)
    (concern,) = await clinic.concerns()

    early = await clinic.on_concern(concern, "clearing", "safety_plan_in_place")
    taken_up = await clinic.on_concern(concern, "acknowledgement", "crisis_plan_started")
    still = await clinic.confirm()
    by_nurse = await clinic.on_concern(concern, "clearing", "safety_plan_in_place", role="nurse")
    cleared = await clinic.on_concern(concern, "clearing", "safety_plan_in_place")

    assert problem(early) == (409, "safety_concern_not_acknowledged")
    assert taken_up.json()["blocks_dosing"] is True
    assert problem(still) == (409, "not_cleared")
    assert still.json()["rules"] == ["safety_concern"]
    assert problem(by_nurse) == (403, "not_permitted")
    assert cleared.json()["blocks_dosing"] is False
    assert (await clinic.confirm()).status_code == 201
    events = await clinic.service.outboxed(clinic.network)
    blocks = [
        e.data["blocks_dosing"] for e in events if e.type == "intake.safety_concern_acknowledged.v1"
    ]
    assert blocks == [True, False]


async def test_concern_is_taken_up_once_with_a_reason_of_the_policy(clinic: Clinic) -> None:
    await clinic.register()
    await clinic.answer(await clinic.start("phq9"), "item9", 2)
    (concern,) = await clinic.concerns()

    unknown = await clinic.on_concern(concern, "acknowledgement", "because")
    first = await clinic.on_concern(concern, "acknowledgement", "assessed_by_phone")
    second = await clinic.on_concern(concern, "acknowledgement", "assessed_by_phone")
    clearing = await clinic.on_concern(concern, "clearing", "answered_in_error")
    stale = await clinic.post(
        f"/v1/safety-concerns/{concern['id']}/clearing",
        {"reason": "answered_in_error"},
        headers={"If-Match": '"v1"'},
    )

    assert problem(unknown) == (422, "unknown_reason")
    assert first.status_code == 200
    assert problem(second) == (409, "safety_concern_acknowledged")
    assert problem(clearing) == (409, "safety_concern_released")
    assert stale.status_code == 412
