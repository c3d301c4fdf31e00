"""Orders: worked out exactly, held against the protocol, never by a slip of the unit."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from .clinic import Clinic


@pytest.mark.parametrize(
    ("value", "unit", "rules"),
    [
        ("35", "mg_per_kg", ["dose_per_kg_above_hard_stop", "dose_above_hard_stop"]),
        ("5", "mg_per_kg", ["dose_per_kg_above_hard_stop", "dose_above_hard_stop"]),
        ("340", "mg", ["dose_per_kg_above_hard_stop", "dose_above_hard_stop"]),
        ("1.51", "mg_per_kg", ["dose_per_kg_above_hard_stop"]),
    ],
)
async def test_hard_stop_takes_no_reason(
    clinic: Clinic, value: str, unit: str, rules: list[str]
) -> None:
    """10b #9: 35 typed with the unit mg/kg, ten times the dose, and the same in mg."""
    answer = await clinic.order(value, unit, soft_stop_reason="I insist on it")

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:kairos:problem:order_refused"
    assert answer.json()["rules"] == rules
    assert await clinic.service.rows("dose_order", clinic.network) == []


async def test_soft_stop_takes_a_reason(clinic: Clinic) -> None:
    refused = await clinic.order("1.1")
    allowed = await clinic.order("1.1", soft_stop_reason="tolerated 1.0 without relief")

    stops = ["dose_per_kg_above_soft_stop", "iv_equivalent_above_soft_stop"]
    assert refused.json()["type"] == "urn:kairos:problem:reason_needed"
    assert refused.json()["rules"] == stops
    assert allowed.status_code == 201
    assert allowed.json()["soft_stops"] == stops


@pytest.mark.parametrize(
    ("kg", "rule"), [("330", "weight_implausible"), ("6.8", "weight_implausible")]
)
async def test_implausible_weight_refuses(clinic: Clinic, kg: str, rule: str) -> None:
    now = clinic.service.clock.now().isoformat()

    answer = await clinic.order(weight={"kg": kg, "measured_at": now})

    assert rule in answer.json()["rules"]


async def test_old_weight_refuses(clinic: Clinic) -> None:
    at = (clinic.service.clock.now() - timedelta(hours=25)).isoformat()

    answer = await clinic.order(weight={"kg": "68", "measured_at": at})

    assert answer.json()["rules"] == ["weight_too_old"]


async def test_one_active_order_and_a_new_one_after_its_cancellation(clinic: Clinic) -> None:
    first = await clinic.order()
    second = await clinic.order("0.4")
    path = f"/v1/orders/{first.json()['id']}/cancellation"
    unread = await clinic.post(clinic.lee, path)
    gone = await clinic.post(clinic.lee, path, **{"If-Match": first.headers["ETag"]})
    again = await clinic.post(clinic.lee, path, **{"If-Match": gone.headers["ETag"]})
    third = await clinic.order("0.4")

    assert second.json()["type"] == "urn:kairos:problem:order_active"
    assert unread.status_code == 428
    assert gone.json()["state"] == "cancelled"
    assert again.json()["type"] == "urn:kairos:problem:order_not_active"
    assert third.json()["amount_mg"] == "27"


@pytest.mark.parametrize(
    "change",
    [
        {"amount": {"value": 0.5, "unit": "mg_per_kg"}},
        {"amount": {"value": "0.5 mg/kg", "unit": "mg_per_kg"}},
        {"amount": {"value": "0.5", "unit": "mg/lb"}},
        {"amount": {"value": "-1", "unit": "mg"}},
        {"amount": {"value": "34.5", "unit": "mg"}},
        {"amount": {"value": "0.00001", "unit": "mg_per_kg"}},
        {"product": "ketamine_of_somebody"},
        {"surprise": 1},
    ],
)
async def test_unfit_order_is_refused_and_leaves_nothing(
    clinic: Clinic, change: dict[str, Any]
) -> None:
    answer = await clinic.order(**change)

    assert answer.status_code == 422
    assert await clinic.service.rows("dose_order", clinic.network) == []


async def test_next_session_keeps_the_interval_over_the_whole_network(clinic: Clinic) -> None:
    """10b #3: the same day, the next day, and three days on."""
    await clinic.dosed()
    clinic.session = await clinic.check_in()
    same_day = await clinic.order()
    clinic.service.clock.advance(timedelta(hours=71, minutes=59))
    almost = await clinic.order()
    clinic.service.clock.advance(timedelta(minutes=1))
    kept = await clinic.order()

    assert same_day.json()["rules"] == ["interval_not_kept", "same_local_day"]
    assert almost.json()["rules"] == ["interval_not_kept"]
    assert kept.status_code == 201


async def test_dose_is_compared_with_the_last_one(clinic: Clinic) -> None:
    await clinic.dosed()
    clinic.service.clock.advance(timedelta(hours=73))
    clinic.session = await clinic.check_in()
    now = clinic.service.clock.now().isoformat()

    double = await clinic.order("1.01", soft_stop_reason="no effect at 0.5")
    more = await clinic.order("0.8")
    light = {"kg": "60", "measured_at": now}
    lighter = await clinic.order(weight=light, soft_stop_reason="has lost weight since")
    unweighed = await clinic.order("34", "mg", weight=light)
    in_mg = await clinic.order("34", "mg", weight=light, soft_stop_reason="has lost weight since")

    assert double.json()["rules"] == ["ratio_to_last_dose_above_hard_stop"]
    assert more.json()["rules"] == ["ratio_to_last_dose_above_soft_stop"]
    assert lighter.json()["type"] == "urn:kairos:problem:order_refused"
    assert lighter.json()["rules"] == ["weight_changed"]
    assert unweighed.json()["type"] == "urn:kairos:problem:reason_needed"
    assert in_mg.status_code == 201


async def test_only_a_credentialed_prescriber_orders(clinic: Clinic) -> None:
    clinic.lee = uuid4()  # a prescriber by log-in whom scheduling never announced
    stranger = await clinic.order()
    path = f"/v1/sessions/{clinic.session}/orders"
    nurse = await clinic.post(clinic.ortiz, path, {})

    assert stranger.json()["rules"] == ["prescriber_not_credentialed"]
    assert nurse.status_code == 403


async def test_words_of_an_order_never_leave_in_an_event(clinic: Clinic) -> None:
    reason = "canary tolerated 1.0 without relief"
    assert (await clinic.order("1.1", soft_stop_reason=reason)).status_code == 201
    clinic.intake.mode = "not_cleared"
    await clinic.give(None)

    for row in await clinic.service.rows("outbox", clinic.network):
        assert b"canary" not in row["data"]
    (order,) = await clinic.service.rows("dose_order", clinic.network)
    assert order["soft_stop_reason"] == reason
