"""Signals of misuse and diversion: each rule raises its own at its limit and none below it, with
the figures that led to it, and a person reviews it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from dosing import data
from dosing.domain import misuse
from dosing.domain.exposure import History, PastDose
from kairos_events.intake import PdmpCheckedV1

from .clinic import GOOD, Clinic


async def signals(clinic: Clinic, *codes: str) -> list[tuple[str, dict[str, Any]]]:
    """Those raised so far, of these codes."""
    rows = await clinic.service.rows("misuse_signal", clinic.network)
    return [
        (row["code"], json.loads(row["reasons"]))
        for row in rows
        if not codes or row["code"] in codes
    ]


def pdmp(clinic: Clinic, finding: str, check: UUID | None = None) -> PdmpCheckedV1:
    return PdmpCheckedV1(
        check_id=check or uuid4(),
        patient_id=clinic.patient,
        finding=finding,
        checked_at=clinic.service.clock.now(),
    )


async def test_concern_in_the_monitoring_programme_is_a_signal_that_a_person_reviews(
    clinic: Clinic,
) -> None:
    check = uuid4()
    event = pdmp(clinic, "reviewed_concern", check)
    await clinic.service.deliver(event, clinic.network)
    await clinic.service.deliver(event, clinic.network)
    await clinic.service.deliver(pdmp(clinic, "reviewed_concern"), clinic.network)

    ((code, reasons),) = await signals(clinic)
    assert (code, reasons["finding"], reasons["check_id"]) == (
        "pdmp_concern",
        "reviewed_concern",
        str(check),
    )
    (row,) = await clinic.service.rows("misuse_signal", clinic.network)
    assert (row["patient_id"], row["raised_by"]) == (clinic.patient, None)
    (told,) = [e for e in await clinic.service.outboxed(clinic.network) if "misuse" in e.type]
    assert told.data["code"] == "pdmp_concern"
    body = {"outcome": "prescriber_informed", "note": "two prescribers; called both"}
    done = await clinic.post(clinic.lee, f"/v1/misuse-signals/{row['id']}/review", body)
    assert done.status_code == 201
    await clinic.service.deliver(pdmp(clinic, "reviewed_concern"), clinic.network)
    assert len(await signals(clinic)) == 2  # what was reviewed once may come again


@pytest.mark.parametrize("finding", ["clear", "reviewed_no_concern"])
async def test_clear_answer_of_the_programme_is_none(clinic: Clinic, finding: str) -> None:
    await clinic.service.deliver(pdmp(clinic, finding), clinic.network)

    assert await signals(clinic) == []


@pytest.mark.parametrize(("severity", "raised"), [(0, []), (1, [1]), (3, [3])])
async def test_urinary_symptoms_on_the_checklist_are_a_signal(
    clinic: Clinic, severity: int, raised: list[int]
) -> None:
    await clinic.observe({**GOOD, "side_effects": {"urinary_symptoms": severity, "nausea": 2}})

    found = await signals(clinic)
    assert [(code, reasons["severity"]) for code, reasons in found] == [
        ("urinary_symptoms", one) for one in raised
    ]


async def test_urinary_symptoms_written_down_late_are_a_signal_too(clinic: Clinic) -> None:
    seen = (await clinic.observe()).json()["id"]
    path = f"/v1/sessions/{clinic.session}/observations/{seen}/corrections"
    readings = {**GOOD, "side_effects": {"urinary_symptoms": 2}}

    answer = await clinic.post(clinic.ortiz, path, {"readings": readings, "reason": "forgotten"})

    assert answer.status_code == 201, answer.text
    assert [code for code, _ in await signals(clinic)] == ["urinary_symptoms"]


@pytest.mark.parametrize(("code", "raised"), [("dysuria", ["urinary_symptoms"]), ("nausea", [])])
async def test_urinary_adverse_event_is_a_signal(
    clinic: Clinic, code: str, raised: list[str]
) -> None:
    body = {
        "code": code,
        "grade": "1",
        "seriousness": [],
        "narrative": "burning since yesterday",
        "outcome": "ongoing",
        "onset_at": clinic.service.clock.now().isoformat(),
    }

    answer = await clinic.post(clinic.ortiz, f"/v1/sessions/{clinic.session}/adverse-events", body)

    assert answer.status_code == 201, answer.text
    assert [one for one, _ in await signals(clinic)] == raised


async def test_discrepancies_of_one_person_are_a_signal_at_the_count_itself(
    clinic: Clinic,
) -> None:
    for lot in ("K1", "K2"):
        box = await clinic.receive(lot=lot)
        await clinic.post(clinic.ortiz, f"/v1/containers/{box}/counts", {"counted_mg": "499"})
    before = await signals(clinic)
    box = await clinic.receive(lot="K3")
    await clinic.post(clinic.ortiz, f"/v1/containers/{box}/counts", {"counted_mg": "499"})

    (row,) = await clinic.service.rows("misuse_signal", clinic.network)
    assert before == []
    assert await signals(clinic) == [("discrepancies_frequent", {"discrepancies": 3, "limit": 2})]
    assert row["staff_id"] == clinic.ortiz


async def test_nobody_reviews_a_signal_about_themselves(clinic: Clinic) -> None:
    body = {"staff_id": str(clinic.lee), "code": "handling_odd", "note": "drew alone at night"}
    raised = (await clinic.post(clinic.park, "/v1/misuse-signals", body)).json()
    review = {"outcome": "no_concern", "note": "nothing"}

    own = await clinic.post(clinic.lee, f"/v1/misuse-signals/{raised['id']}/review", review)

    assert own.json()["type"] == "urn:kairos:problem:same_person"


# --- the figures, at their limits -----------------------------------------------------------------

POLICY = data.misuse_policy()
NOW = datetime(2027, 3, 1, tzinfo=UTC)


def history(*days_ago: int, mg: str = "34") -> list[PastDose]:
    return [
        PastDose(
            session_id=uuid4(),
            route="im",
            amount_mg=Decimal(mg),
            bioavailability=Decimal("0.93"),
            weight_kg=Decimal(68),
            given_at=NOW - timedelta(days=ago),
            tolerated=True,
        )
        for ago in days_ago
    ]


def raised(doses: list[PastDose]) -> list[tuple[str, dict[str, Any]]]:
    earliest_first = sorted(doses, key=lambda one: one.given_at)
    return list(misuse.of_exposure(History(doses=earliest_first), POLICY, NOW))


def test_more_sessions_than_the_limit_in_four_weeks_are_a_signal() -> None:
    eight = history(*range(1, 25, 3))

    assert raised(eight) == []
    assert raised(eight + history(27)) == [("frequency_high", {"sessions": 9, "limit": 8})]
    outside = [code for code, _ in raised(eight + history(28))]  # four weeks ago is before them
    assert "frequency_high" not in outside


def test_sessions_that_become_more_are_a_signal() -> None:
    before = history(30)

    assert raised(before + history(1, 8, 15)) == []
    assert raised(before + history(1, 8, 15, 22)) == [
        ("frequency_rising", {"sessions": 4, "before": 1})
    ]


def test_amount_that_rises_by_more_than_half_is_a_signal() -> None:
    before = history(30, 40, mg="40")

    assert raised(before + history(1, 8, mg="60")) == []
    assert raised(before + history(1, 8, mg="60.001")) == [
        ("amount_rising", {"mg": "120.002", "before_mg": "80"})
    ]
    assert raised(history(30, mg="40") + history(1, mg="90")) == []  # one session is no trend


@pytest.mark.parametrize(
    ("wastes", "discrepancies", "codes"),
    [
        (20, 2, []),
        (21, 2, ["waste_frequent"]),
        (20, 3, ["discrepancies_frequent"]),
        (21, 3, ["waste_frequent", "discrepancies_frequent"]),
    ],
)
def test_handling_that_differs_is_a_signal(
    wastes: int, discrepancies: int, codes: list[str]
) -> None:
    found = misuse.of_staff(wastes, discrepancies, POLICY)

    assert [code for code, _ in found] == codes


async def test_exposure_is_looked_at_with_every_dose(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "misuse_policy", lambda: replace(POLICY, sessions_in_window=0))

    await clinic.dosed()

    assert await signals(clinic) == [("frequency_high", {"sessions": 1, "limit": 0})]


async def test_waste_is_looked_at_with_every_request(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "misuse_policy", lambda: replace(POLICY, staff_wastes=0))

    await clinic.dosed()

    assert await signals(clinic) == [("waste_frequent", {"wastes": 1, "limit": 0})]
