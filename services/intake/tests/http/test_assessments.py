"""Assessments over HTTP: item by item, scored on the server, never imputed, never waiting."""

import pytest

from .steps import CSSRS_LOW, PHQ9_19, Clinic, problem


async def test_phq9_is_scored_on_the_server_item_by_item(clinic: Clinic) -> None:
    await clinic.register()

    completed = await clinic.assess("phq9", PHQ9_19)

    assert completed["score"] == 19
    assert completed["band"] == "moderately_severe"
    assert completed["algorithm_version"] == "phq9-sum-2"
    assert completed["missing"] == []


async def test_assessment_is_resumed_where_it_was_left(clinic: Clinic) -> None:
    await clinic.register()
    assessment = await clinic.start("phq9")
    await clinic.answer(assessment, "item1", 3)
    await clinic.answer(assessment, "item1", 2)

    read = (await clinic.get(f"/v1/assessments/{assessment}")).json()

    assert read["answers"] == {"item1": 2}
    assert read["missing"] == [f"item{n}" for n in range(2, 10)]
    assert len(await clinic.service.rows("assessment_answer", clinic.network)) == 2


async def test_partial_assessment_is_never_scored(clinic: Clinic) -> None:
    await clinic.register()
    assessment = await clinic.start("phq9")
    for item in list(PHQ9_19)[:8]:
        await clinic.answer(assessment, item, 1)

    refused = await clinic.complete(assessment)

    assert problem(refused) == (409, "assessment_incomplete")
    assert refused.json()["items"] == ["item9"]
    assert (await clinic.get(f"/v1/assessments/{assessment}")).json()["score"] is None


async def test_completed_assessment_takes_no_more_answers(clinic: Clinic) -> None:
    await clinic.register()
    completed = await clinic.assess("cssrs_screener", CSSRS_LOW)

    late = await clinic.answer(completed["id"], "q1", 0)

    assert completed["band"] == "low"
    assert completed["score"] is None
    assert problem(late) == (409, "assessment_completed")


async def test_item9_raises_a_concern_before_the_form_is_complete(clinic: Clinic) -> None:
    await clinic.register()
    assessment = await clinic.start("phq9")

    answered = await clinic.answer(assessment, "item9", 1)

    (concern,) = await clinic.concerns()
    assert answered.json()["concerns"] == [concern["id"]]
    assert (concern["trigger"], concern["severity"]) == ("phq9_item9", "low")
    assert concern["blocks_dosing"] is True
    events = await clinic.service.outboxed(clinic.network)
    raised = [e for e in events if e.type == "intake.safety_concern_raised.v1"]
    assert [e.data["concern_id"] for e in raised] == [concern["id"]]


@pytest.mark.parametrize(
    ("instrument", "item", "value", "severity"),
    [
        ("phq9", "item9", 0, None),
        ("phq9", "item8", 3, None),
        ("cssrs_screener", "q1", 1, None),
        ("cssrs_screener", "q2", 1, None),
        ("cssrs_screener", "q3", 1, "moderate"),
        ("cssrs_screener", "q6_lifetime", 1, "moderate"),
        ("cssrs_screener", "q4", 1, "high"),
        ("cssrs_screener", "q5", 1, "high"),
        ("cssrs_screener", "q6_recent", 1, "high"),
        ("cssrs_screener", "q5", 0, None),
    ],
)
async def test_concern_is_as_grave_as_the_answer(
    clinic: Clinic, instrument: str, item: str, value: int, severity: str | None
) -> None:
    await clinic.register()

    await clinic.answer(await clinic.start(instrument), item, value)

    assert [c["severity"] for c in await clinic.concerns()] == ([severity] if severity else [])


async def test_repeated_answer_raises_no_second_concern(clinic: Clinic) -> None:
    await clinic.register()
    assessment = await clinic.start("phq9")
    for value in (1, 1, 2):
        await clinic.answer(assessment, "item9", value)

    (concern,) = await clinic.concerns()
    await clinic.on_concern(concern, "acknowledgement", "cssrs_to_follow")
    await clinic.answer(assessment, "item9", 2)
    assert len(await clinic.concerns()) == 1

    await clinic.answer(assessment, "item9", 3)  # worse than what was taken up
    assert [c["blocks_dosing"] for c in await clinic.concerns()] == [False, True]


@pytest.mark.parametrize(
    ("item", "value", "slug"),
    [("item11", 1, "unknown_item"), ("item9", 4, "value_not_offered")],
)
async def test_answer_off_the_form_is_refused(
    clinic: Clinic, item: str, value: int, slug: str
) -> None:
    await clinic.register()

    answer = await clinic.answer(await clinic.start("phq9"), item, value)

    assert problem(answer) == (422, slug)
    assert await clinic.service.rows("assessment_answer", clinic.network) == []


async def test_instrument_shows_its_texts_only_where_the_licence_lets_it(clinic: Clinic) -> None:
    phq9 = (await clinic.get("/v1/instruments/phq9")).json()
    cssrs = (await clinic.get("/v1/instruments/cssrs_screener")).json()

    assert all(item["text"] for item in phq9["items"])
    assert not any(item["text"] for item in cssrs["items"])
    assert problem(await clinic.get("/v1/instruments/hamd")) == (404, "instrument_not_found")


async def test_item_nine_begins_the_screener_once(clinic: Clinic) -> None:
    """Clinical reference, section 4: item 9 asks for the C-SSRS now."""
    await clinic.register()
    started = await clinic.start("phq9")
    for value in (0, 1, 2, 3):
        assert (await clinic.answer(started, "item9", value)).status_code == 201
    await clinic.answer(await clinic.start("phq9"), "item9", 1)  # it is open still

    listed = (await clinic.get(f"/v1/patients/{clinic.patient}/assessments")).json()["items"]
    assert sorted(one["instrument"] for one in listed) == ["cssrs_screener", "phq9", "phq9"]
    assert [one["completed_at"] for one in listed] == [None, None, None]
