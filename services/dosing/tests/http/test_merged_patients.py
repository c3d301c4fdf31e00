"""Two records of one person: what was given under either counts for both."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from kairos_events.fields import Route
from kairos_events.intake import PatientMergedV1, PatientUnmergedV1

from .clinic import Clinic


async def merge(clinic: Clinic, merged: UUID, surviving: UUID, **ago: Any) -> None:
    event = PatientMergedV1(
        surviving_patient_id=surviving,
        merged_patient_id=merged,
        merged_by=uuid4(),
        merged_at=clinic.service.clock.now() - timedelta(**ago),
    )
    await clinic.service.deliver(event, clinic.network)


async def part(clinic: Clinic, merged: UUID, surviving: UUID) -> None:
    clinic.service.clock.advance(timedelta(seconds=1))
    event = PatientUnmergedV1(
        surviving_patient_id=surviving,
        merged_patient_id=merged,
        unmerged_by=uuid4(),
        unmerged_at=clinic.service.clock.now(),
    )
    await clinic.service.deliver(event, clinic.network)


async def second_record(clinic: Clinic) -> tuple[UUID, UUID]:
    """The same person once more, cleared and checked in. Returns the first id and the second."""
    first, clinic.patient = clinic.patient, uuid4()
    await clinic.clear()
    clinic.session = await clinic.check_in()
    return first, clinic.patient


async def test_dose_under_the_merged_record_counts_for_the_interval(clinic: Clinic) -> None:
    await clinic.dosed()
    await clinic.relieve()
    clinic.service.clock.advance(timedelta(hours=1))
    first, second = await second_record(clinic)
    draw = await clinic.ready()
    await merge(clinic, first, second)

    together = await clinic.give(draw)
    await part(clinic, first, second)
    apart = await clinic.give(draw)

    assert together.json()["rules"] == ["interval_not_kept", "same_local_day"]
    assert apart.status_code == 201


async def test_order_is_judged_by_what_the_merged_record_was_given(clinic: Clinic) -> None:
    await clinic.dosed()
    clinic.service.clock.advance(timedelta(days=4))
    first, second = await second_record(clinic)

    stranger = await clinic.order("1.1")
    await merge(clinic, first, second)
    known = await clinic.order("1.1", soft_stop_reason="asked for by the patient")

    assert stranger.json()["rules"] == [
        "dose_per_kg_above_soft_stop",
        "iv_equivalent_above_soft_stop",
    ]
    assert known.json()["rules"] == ["ratio_to_last_dose_above_hard_stop"]


async def test_exposure_is_that_of_the_whole_person_and_is_announced(clinic: Clinic) -> None:
    await clinic.dosed()
    await clinic.relieve()
    clinic.service.clock.advance(timedelta(days=4))
    first, second = await second_record(clinic)
    third = uuid4()
    await clinic.dosed()
    await merge(clinic, first, second)
    await merge(clinic, second, third)  # and once more, under a third name

    for patient in (first, second, third):
        seen = (await clinic.get(f"/v1/patients/{patient}/exposure")).json()
        assert (seen["sessions_total"], seen["cumulative_mg"]) == (2, "68"), patient
    told = [
        (one.key, one.data)
        for one in await clinic.service.outboxed(clinic.network)
        if one.type == "dosing.exposure_changed.v1"
    ]
    assert [key for key, _ in told[-2:]] == [str(second), str(third)]


async def test_concern_about_the_merged_record_blocks_the_surviving_one(clinic: Clinic) -> None:
    await clinic.worry()
    first, second = await second_record(clinic)
    draw = await clinic.ready()

    await merge(clinic, first, second)

    assert (await clinic.give(draw)).json()["rules"] == ["safety_concern_open"]


async def test_concern_stops_drug_in_a_session_of_the_other_record(clinic: Clinic) -> None:
    first, second = await second_record(clinic)
    await clinic.dosed()
    await merge(clinic, first, second)
    clinic.patient = first

    await clinic.worry()

    (stop,) = await clinic.service.rows("drug_stop", clinic.network)
    assert (stop["patient_id"], stop["reason"]) == (second, "safety_concern")


async def test_drug_dispensed_under_the_merged_record_is_the_patients_own(clinic: Clinic) -> None:
    owned = {"ownership": "patient_specific_held", "patient_id": str(clinic.patient)}
    first, second = await second_record(clinic)
    await clinic.switch(Route.SUBLINGUAL, "ketamine_rdt_100mg_12", "1200", **owned)
    await clinic.order("100", "mg")
    await clinic.observe()

    before = await clinic.draw("100")
    await merge(clinic, first, second)
    after = await clinic.draw("100")

    assert before.json()["rules"] == ["stock_of_another_patient"]
    assert after.status_code == 201


async def test_of_two_records_dosed_at_once_one_is(clinic: Clinic) -> None:
    here, draw = clinic.session, await clinic.ready()
    first, second = await second_record(clinic)
    there, other = clinic.session, await clinic.ready()
    await merge(clinic, first, second)
    now = clinic.service.clock.now().isoformat()

    async def give(who: UUID, session: str, drawn: str) -> Any:
        body = {"draw_id": drawn, "amount_mg": "34", "administered_at": now}
        return await clinic.post(who, f"/v1/sessions/{session}/administrations", body)

    # By two people: one alone could watch only one of them.
    answers = await asyncio.gather(give(clinic.ortiz, here, draw), give(clinic.lee, there, other))

    assert sorted(one.status_code for one in answers) == [201, 409]


async def test_old_news_joins_nobody_again(clinic: Clinic) -> None:
    await clinic.dosed()
    await clinic.relieve()
    first, second = await second_record(clinic)
    draw = await clinic.ready()
    await merge(clinic, first, second)
    await part(clinic, first, second)

    await merge(clinic, first, second, minutes=1)  # told late

    assert (await clinic.give(draw)).status_code == 201
