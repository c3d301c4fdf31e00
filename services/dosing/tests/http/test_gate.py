"""The gate at administration: each rule refuses by its name, all failing ones at once, for good."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from kairos_events.intake import SafetyConcernAcknowledgedV1, SafetyConcernRaisedV1
from kairos_events.intake.safety_concern_raised_v1 import ConcernSeverity
from kairos_events.scheduling.credential_recorded_v1 import CredentialStatus

from .clinic import GOOD, Clinic


async def test_good_dose_passes(clinic: Clinic) -> None:
    draw = await clinic.ready()

    answer = await clinic.give(draw)

    assert answer.status_code == 201, answer.text
    assert await clinic.service.rows("administration_refusal", clinic.network) == []


async def test_everything_that_fails_is_named_at_once(clinic: Clinic) -> None:
    clinic.intake.mode = "not_cleared"

    answer = await clinic.give(None)

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:kairos:problem:administration_refused"
    assert answer.json()["rules"] == [
        "session_not_ready",
        "order_not_active",
        "not_cleared",
        "pre_dose_vitals_missing",
        "baseline_missing",
        "prescriber_not_credentialed",
        "second_person_check_missing",
        "drug_not_drawn",
    ]


async def test_refusal_is_kept_and_announced_and_changes_nothing_else(clinic: Clinic) -> None:
    draw = await clinic.ready()
    clinic.intake.mode = "not_cleared"
    before = await clinic.service.rows("session", clinic.network)

    answer = await clinic.give(draw)

    assert answer.json()["rules"] == ["not_cleared"]
    assert answer.json()["clearance_reasons"] == ["consent_revoked"]
    (kept,) = await clinic.service.rows("administration_refusal", clinic.network)
    assert kept["rules"] == ["not_cleared"]
    assert kept["requested_by"] == clinic.ortiz
    announced = (await clinic.service.outboxed(clinic.network))[-1]
    assert announced.type == "dosing.administration_refused.v1"
    assert announced.data["rules"] == ["not_cleared"]
    assert await clinic.service.rows("session", clinic.network) == before
    assert await clinic.service.rows("dose", clinic.network) == []
    audit = (await clinic.service.rows("audit_entry", clinic.network))[-1]
    assert (audit["outcome"], audit["reason"]) == ("refused", "administration_refused")
    assert audit["patient_id"] == clinic.patient


async def test_repeat_that_is_refused_alike_is_one_refusal(clinic: Clinic) -> None:
    """A tablet that lost the answer asks again under the same key."""
    draw = await clinic.ready()
    clinic.intake.mode = "not_cleared"

    for key in ("the-same-key", "the-same-key", "another-key"):
        answer = await clinic.give(draw, **{"Idempotency-Key": key})
        assert answer.json()["rules"] == ["not_cleared"]

    assert len(await clinic.service.rows("administration_refusal", clinic.network)) == 2
    announced = [event.type for event in await clinic.service.outboxed(clinic.network)]
    assert announced.count("dosing.administration_refused.v1") == 2


@pytest.mark.parametrize("mode", ["broken", "silent", "nonsense", "other_patient"])
async def test_unusable_intake_fails_closed(clinic: Clinic, mode: str) -> None:
    draw = await clinic.ready()
    clinic.intake.mode = mode

    answer = await clinic.give(draw)

    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:kairos:problem:intake_unreachable"
    assert answer.json()["rules"] == ["intake_unreachable"]
    assert len(await clinic.service.rows("administration_refusal", clinic.network)) == 1
    assert await clinic.service.rows("dose", clinic.network) == []
    clinic.intake.reset()
    assert (await clinic.give(draw)).status_code == 201


async def test_every_try_asks_intake_anew_in_the_clinicians_name(clinic: Clinic) -> None:
    draw = await clinic.ready()
    clinic.intake.mode = "not_cleared"
    key = {"Idempotency-Key": str(uuid4())}
    await clinic.give(draw, **key)
    clinic.intake.mode = "cleared"

    assert (await clinic.give(draw, **key)).status_code == 201

    first, second = clinic.intake.asked
    assert first["idempotency-key"] != second["idempotency-key"]
    assert first["kairos-acting-for"] == str(clinic.ortiz)
    assert first["kairos-network"] == str(clinic.network)
    assert first["authorization"] == "Bearer a-service-token"


async def test_confirmation_is_good_for_seconds(clinic: Clinic) -> None:
    draw = await clinic.ready()
    clinic.intake.valid_for = timedelta(0)

    assert (await clinic.give(draw)).json()["rules"] == ["clearance_confirmation_expired"]


async def test_withdrawal_after_the_confirmation_refuses(clinic: Clinic) -> None:
    """10b #2: consent revoked while the syringe is drawn."""
    draw = await clinic.ready()
    await clinic.clear(version=2, cleared=False)  # newer than the version 1 intake confirms

    assert (await clinic.give(draw)).json()["rules"] == ["clearance_withdrawn"]

    clinic.intake.version = 2  # intake's word on that very version counts
    assert (await clinic.give(draw)).status_code == 201


async def test_drug_stays_put_once_clearance_is_known_to_be_withdrawn(clinic: Clinic) -> None:
    await clinic.order()
    await clinic.observe()
    await clinic.clear(version=2, cleared=False)
    refused = await clinic.draw()
    await clinic.clear(version=3)

    assert refused.json()["rules"] == ["not_cleared"]
    assert (await clinic.draw()).status_code == 201


async def test_drawn_drug_of_a_refused_dose_is_returned_or_wasted(clinic: Clinic) -> None:
    """10b #2: the session cannot end while the drug is unaccounted for."""
    draw = await clinic.ready()
    clinic.intake.mode = "not_cleared"
    assert (await clinic.give(draw)).status_code == 409
    path = f"/v1/sessions/{clinic.session}/abortion"
    etag = (await clinic.get(f"/v1/sessions/{clinic.session}")).headers["ETag"]
    body = {"reason": "not_cleared"}

    held = await clinic.post(clinic.ortiz, path, body, **{"If-Match": etag})
    back = await clinic.post(clinic.ortiz, f"/v1/draws/{draw}/returns", {"amount_mg": "35"})
    ended = await clinic.post(clinic.ortiz, path, body, **{"If-Match": etag})

    assert held.json()["type"] == "urn:kairos:problem:drug_unaccounted"
    assert back.json()["balance_mg"] == "500"
    assert ended.json()["state"] == "aborted"
    events = await clinic.service.outboxed(clinic.network)
    assert events[-1].type == "dosing.session_aborted.v1"
    assert events[-1].data["reason"] == "not_cleared"


async def test_very_high_blood_pressure_keeps_the_drug_in_the_vault(clinic: Clinic) -> None:
    """10b #1: 182/110 without symptoms."""
    await clinic.order()
    await clinic.observe({**GOOD, "systolic_mmhg": 182, "diastolic_mmhg": 110})

    drawn = await clinic.draw()
    given = await clinic.give(None)

    rules = ["pre_dose_bp_no_dose_today", "pre_dose_bp_hold"]
    assert drawn.json()["rules"] == ["session_not_ready", *rules]
    assert set(rules) < set(given.json()["rules"])
    vial = (await clinic.get(f"/v1/containers/{clinic.vial}")).json()
    assert vial["balance_mg"] == "500"
    assert await clinic.service.rows("dose", clinic.network) == []


async def test_readings_grow_stale(clinic: Clinic) -> None:
    draw = await clinic.ready()
    clinic.service.clock.advance(timedelta(minutes=31))

    assert (await clinic.give(draw)).json()["rules"] == ["pre_dose_vitals_stale"]


@pytest.mark.parametrize(
    ("who", "kind", "rule"),
    [
        ("lee", "dea_registration", "prescriber_not_credentialed"),
        ("ortiz", "nursing_licence", "giver_not_credentialed"),
    ],
)
async def test_licence_ends_at_local_midnight(
    clinic: Clinic, who: str, kind: str, rule: str
) -> None:
    """10b #7: 06:59 UTC is still the licence's last day in Denver, 07:00 is not."""
    clinic.service.clock.at = datetime.fromisoformat("2027-03-02T06:59:00+00:00")
    draw = await clinic.ready()
    await clinic.credit(getattr(clinic, who), kind, expires_on=date(2027, 3, 1))
    clinic.service.clock.advance(timedelta(minutes=1))

    # A new day at the site: the check-in was yesterday's, too.
    assert (await clinic.give(draw)).json()["rules"] == ["check_in_not_today", rule]

    clinic.service.clock.advance(timedelta(minutes=-1))
    assert (await clinic.give(draw)).status_code == 201


async def test_suspended_licence_or_one_of_another_state_does_not_count(clinic: Clinic) -> None:
    draw = await clinic.ready()
    await clinic.credit(clinic.ortiz, "nursing_licence", status=CredentialStatus.SUSPENDED)
    assert (await clinic.give(draw)).json()["rules"] == ["giver_not_credentialed"]
    await clinic.credit(clinic.ortiz, "nursing_licence", state="UT")
    assert (await clinic.give(draw)).json()["rules"] == ["giver_not_credentialed"]


async def test_second_person_is_another_person(clinic: Clinic) -> None:
    await clinic.order()
    await clinic.observe()
    draw = (await clinic.draw()).json()["draw_id"]

    own = await clinic.check(draw, who=clinic.ortiz)
    unchecked = await clinic.give(draw)
    wrong = await clinic.check(draw, volume_ml="6.8")
    await clinic.hire(clinic.park, "nurse", "nursing_licence", "bls")
    good = await clinic.check(draw)
    by_checker = await clinic.give(draw, who=clinic.park)

    assert own.json()["type"] == "urn:kairos:problem:same_person"
    assert unchecked.json()["rules"] == ["second_person_check_missing"]
    assert wrong.json()["type"] == "urn:kairos:problem:check_disagrees"
    assert good.status_code == 201
    assert by_checker.json()["rules"] == ["second_person_check_missing"]


async def test_cancelled_order_is_not_given(clinic: Clinic) -> None:
    draw = await clinic.ready()
    order = (await clinic.service.rows("dose_order", clinic.network))[0]["id"]
    path = f"/v1/orders/{order}/cancellation"
    await clinic.post(clinic.lee, path, **{"If-Match": '"v1"'})

    assert (await clinic.give(draw)).json()["rules"] == ["order_not_active"]


async def test_more_than_ordered_or_drawn_is_not_given(clinic: Clinic) -> None:
    draw = await clinic.ready()

    answer = await clinic.give(draw, "36")

    assert answer.json()["rules"] == [
        "dose_exceeds_order",
        "second_person_check_missing",
        "drawn_amount_insufficient",
    ]


async def test_quarantined_lot_is_neither_drawn_nor_given(clinic: Clinic) -> None:
    draw = await clinic.ready()
    body = {"product": "ketamine_50mg_ml_10ml", "lot": "K2411", "reason": "recall"}
    assert (await clinic.post(clinic.ortiz, "/v1/lot-quarantines", body)).status_code == 201

    assert (await clinic.give(draw)).json()["rules"] == ["lot_quarantined"]
    assert "lot_quarantined" in (await clinic.draw("1")).json()["rules"]


async def test_expired_lot_is_not_given(clinic: Clinic) -> None:
    clinic.vial = await clinic.receive(expires_on="2027-03-01")
    clinic.service.clock.at = datetime.fromisoformat("2027-03-02T06:59:00+00:00")
    draw = await clinic.ready()
    clinic.service.clock.advance(timedelta(minutes=1))

    assert (await clinic.give(draw)).json()["rules"] == ["check_in_not_today", "lot_expired"]


async def test_open_safety_concern_refuses_until_it_is_cleared(clinic: Clinic) -> None:
    draw = await clinic.ready()
    concern, now = uuid4(), clinic.service.clock.now()
    raised = SafetyConcernRaisedV1(
        concern_id=concern,
        patient_id=clinic.patient,
        trigger="cssrs_high",
        severity=ConcernSeverity.HIGH,
        blocks_dosing=True,
        raised_at=now,
    )
    await clinic.service.deliver(raised, clinic.network)
    assert (await clinic.give(draw)).json()["rules"] == ["safety_concern_open"]

    await acknowledge(clinic, concern, now, blocks=True)
    assert (await clinic.give(draw)).status_code == 409
    await acknowledge(clinic, concern, now, blocks=False)
    await clinic.service.deliver(raised, clinic.network)  # a late repeat does not block again
    assert (await clinic.give(draw)).status_code == 201


async def acknowledge(clinic: Clinic, concern: UUID, at: datetime, *, blocks: bool) -> None:
    event = SafetyConcernAcknowledgedV1(
        concern_id=concern,
        patient_id=clinic.patient,
        acknowledged_by=clinic.lee,
        acknowledged_at=at,
        blocks_dosing=blocks,
    )
    await clinic.service.deliver(event, clinic.network)


@pytest.mark.parametrize("offset", [timedelta(minutes=-6), timedelta(minutes=1)])
async def test_stated_time_stays_near_the_clock(clinic: Clinic, offset: timedelta) -> None:
    draw = await clinic.ready()
    at = (clinic.service.clock.now() + offset).isoformat()
    body = {"draw_id": draw, "amount_mg": "34", "administered_at": at}
    path = f"/v1/sessions/{clinic.session}/administrations"

    answer = await clinic.post(clinic.ortiz, path, body)

    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:kairos:problem:impossible_time"


async def test_repeated_request_gives_once_and_is_no_refusal(clinic: Clinic) -> None:
    draw = await clinic.ready()
    key = {"Idempotency-Key": str(uuid4())}

    first = await clinic.give(draw, **key)
    clinic.intake.mode = "not_cleared"
    again = await clinic.give(draw, **key)

    assert again.status_code == first.status_code == 201
    assert again.content == first.content
    assert len(await clinic.service.rows("dose", clinic.network)) == 1
    assert await clinic.service.rows("administration_refusal", clinic.network) == []


async def second_site(clinic: Clinic, **check_in: Any) -> tuple[str, str]:
    """The same patient at another site, up to the check. Returns session and draw."""
    site = uuid4()
    first, vial = clinic.session, clinic.vial
    clinic.session = await clinic.check_in(site=site, **check_in)
    clinic.vial = await clinic.receive(site=site)
    draw = await clinic.ready()
    session, clinic.session, clinic.vial = clinic.session, first, vial
    return session, draw


async def test_of_two_sites_at_once_one_gives(clinic: Clinic) -> None:
    here = await clinic.ready()
    there_session, there = await second_site(clinic)
    now = clinic.service.clock.now().isoformat()

    async def give(who: UUID, session: str, draw: str) -> Any:
        body = {"draw_id": draw, "amount_mg": "34", "administered_at": now}
        return await clinic.post(who, f"/v1/sessions/{session}/administrations", body)

    answers = await asyncio.gather(
        give(clinic.ortiz, clinic.session, here), give(clinic.lee, there_session, there)
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    (refused,) = [answer for answer in answers if answer.status_code == 409]
    assert refused.json()["rules"] == ["interval_not_kept", "same_local_day"]
    assert len(await clinic.service.rows("dose", clinic.network)) == 1
    assert len(await clinic.service.rows("administration_refusal", clinic.network)) == 1


async def test_second_site_sees_what_the_first_gave_however_they_interleave(
    clinic: Clinic,
) -> None:
    """Both are held at the patient's row, after everything before it, and let go together."""
    here = await clinic.ready()
    there_session, there = await second_site(clinic)
    now = clinic.service.clock.now().isoformat()

    async def give(who: UUID, session: str, draw: str) -> Any:
        body = {"draw_id": draw, "amount_mg": "34", "administered_at": now}
        return await clinic.post(who, f"/v1/sessions/{session}/administrations", body)

    async with held_patient(clinic) as both_wait:
        tries = [
            asyncio.create_task(give(*one))
            for one in (
                (clinic.ortiz, clinic.session, here),
                (clinic.lee, there_session, there),
            )
        ]
        await both_wait()
    answers = [await one for one in tries]

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert len(await clinic.service.rows("dose", clinic.network)) == 1


@asynccontextmanager
async def held_patient(clinic: Clinic) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Somebody else holds the patient's row. Yields what waits until two more want it."""
    url = clinic.service.database.admin_url
    holder, watcher = await asyncpg.connect(url), await asyncpg.connect(url)

    async def both_wait() -> None:
        # PostgreSQL tells nobody that a connection began to wait: it has to be asked.
        while await watcher.fetchval(_WAITING) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    try:
        async with holder.transaction():
            await holder.execute(
                "SELECT 1 FROM patient_dosing WHERE patient_id = $1 FOR UPDATE", clinic.patient
            )
            yield both_wait
    finally:
        await holder.close()
        await watcher.close()


_WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND datname = current_database()
"""


async def test_hundred_starts_at_once_from_one_vial_give_one_dose(clinic: Clinic) -> None:
    draw = await clinic.ready()

    answers = await asyncio.gather(*(clinic.give(draw) for _ in range(100)))

    codes = [answer.status_code for answer in answers]
    assert codes.count(201) == 1
    assert set(codes) <= {201, 409, 503}  # 503: intake did not answer in time
    assert len(await clinic.service.rows("dose", clinic.network)) == 1
    vial = (await clinic.get(f"/v1/containers/{clinic.vial}")).json()
    assert (vial["balance_mg"], vial["chain"]) == ("465", "intact")


async def test_other_site_or_network_sees_no_session(clinic: Clinic) -> None:
    path = f"/v1/sessions/{clinic.session}"
    elsewhere = clinic.service.client("nurse", network=clinic.network, sites=[str(uuid4())])
    stranger = clinic.service.client("nurse", network=uuid4())
    now = clinic.service.clock.now().isoformat()
    body = {"amount_mg": "34", "administered_at": now}

    async with elsewhere, stranger:
        assert (await elsewhere.get(path)).status_code == 403
        assert (await elsewhere.post(f"{path}/administrations", json=body)).status_code == 403
        assert (await stranger.get(path)).status_code == 404
        assert (await stranger.post(f"{path}/administrations", json=body)).status_code == 404
    assert clinic.intake.asked == []


async def test_therapist_and_front_desk_give_nothing(clinic: Clinic) -> None:
    body = {"amount_mg": "34", "administered_at": clinic.service.clock.now().isoformat()}
    for role in ("therapist", "front_desk"):
        async with clinic.service.client(role, network=clinic.network) as client:
            path = f"/v1/sessions/{clinic.session}/administrations"
            assert (await client.post(path, json=body)).status_code == 403


async def test_check_of_a_cancelled_order_does_not_cover_the_next_one(clinic: Clinic) -> None:
    draw = await clinic.ready()
    await clinic.cancel()
    assert (await clinic.order()).status_code == 201  # the same dose, ordered anew

    unchecked = await clinic.give(draw)

    assert unchecked.json()["rules"] == ["second_person_check_missing"]
    assert (await clinic.check(draw)).status_code == 201
    assert (await clinic.give(draw)).status_code == 201


async def test_check_in_of_yesterday_is_not_one_of_today(clinic: Clinic) -> None:
    """Its order, weight, fasting and escort were yesterday's."""
    assert (await clinic.order()).status_code == 201
    clinic.service.clock.advance(timedelta(days=1))
    await clinic.observe()

    drawn = await clinic.draw()
    given = await clinic.give(None)

    assert drawn.json()["rules"] == ["check_in_not_today"]
    assert given.json()["rules"][0] == "check_in_not_today"
    clinic.session = await clinic.check_in()
    assert (await clinic.give(await clinic.ready())).status_code == 201


async def test_dose_is_not_stated_as_given_before_it_was_drawn_and_checked(clinic: Clinic) -> None:
    await clinic.order()
    await clinic.observe()
    draw = (await clinic.draw()).json()["draw_id"]
    clinic.service.clock.advance(timedelta(minutes=2))
    unchecked = clinic.service.clock.now()
    clinic.service.clock.advance(timedelta(minutes=2))
    await clinic.check(draw)
    body = {"draw_id": draw, "amount_mg": "34", "administered_at": unchecked.isoformat()}
    path = f"/v1/sessions/{clinic.session}/administrations"

    answer = await clinic.post(clinic.ortiz, path, body)

    assert answer.json()["type"] == "urn:kairos:problem:impossible_time"
    assert await clinic.service.rows("dose", clinic.network) == []
    assert (await clinic.give(draw)).status_code == 201


@pytest.mark.parametrize("moaas", [0, 4])
async def test_sedated_patient_gets_no_dose(clinic: Clinic, moaas: int) -> None:
    await clinic.order()
    await clinic.observe({**GOOD, "moaas": moaas})

    assert (await clinic.draw()).json()["rules"] == ["session_not_ready", "pre_dose_moaas"]


async def test_no_dose_today_holds_in_the_next_session_of_the_day(clinic: Clinic) -> None:
    await clinic.observe({**GOOD, "systolic_mmhg": 182, "diastolic_mmhg": 110})
    site = uuid4()
    clinic.service.clock.advance(timedelta(hours=2))
    clinic.session, clinic.vial = await clinic.check_in(site=site), await clinic.receive(site=site)
    await clinic.order()
    await clinic.observe()

    drawn = await clinic.draw()
    given = await clinic.give(None)

    assert drawn.json()["rules"] == ["pre_dose_bp_no_dose_today"]
    assert "pre_dose_bp_no_dose_today" in given.json()["rules"]
    clinic.service.clock.advance(timedelta(days=1))
    clinic.session = await clinic.check_in(site=site)
    assert (await clinic.give(await clinic.ready())).status_code == 201


async def test_recall_in_other_letters_is_the_same_lot(clinic: Clinic) -> None:
    draw = await clinic.ready()
    body = {"product": "ketamine_50mg_ml_10ml", "lot": "k2411", "reason": "recall"}
    assert (await clinic.post(clinic.ortiz, "/v1/lot-quarantines", body)).status_code == 201

    assert (await clinic.give(draw)).json()["rules"] == ["lot_quarantined"]
