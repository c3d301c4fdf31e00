"""Each kind of red flag, through the broker: a safety concern in intake, and no dose in dosing."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from kairos_cli.demo.journey import Played
from kairos_cli.platform import Platform
from kairos_events.dosing import SessionDischargedV1
from kairos_events.envelope import encode
from kairos_events.fields import Route
from kairos_events.publishing import envelope_of

from .books import rows

pytestmark = pytest.mark.timeout(420)

# The kind, the severity it is raised with, and the one intake gives it by policy.
KINDS = {
    "mania": ("moderate", "high"),
    "psychosis": ("moderate", "high"),
    "derealisation": ("moderate", "moderate"),
    "craving": ("low", "moderate"),
    "suicidality": ("low", "high"),
}
_DAYS = 18_000  # about fifty years
Ask = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def ask(platform: Platform, second: Played) -> Iterator[Ask]:
    """Ask a service as somebody of the network in which the journey was played a second time."""
    with httpx.Client(timeout=30, trust_env=False) as client:

        def send(
            role: str, method: str, service: str, path: str, patient: str | None = None, **body: Any
        ) -> httpx.Response:
            own = None if patient is None else UUID(patient)
            token = platform.mint(role, network=second.network, patient=own)
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
            url = platform.urls[service] + path
            return client.request(method, url, headers=headers, json=body or None)

        yield send


def registered(ask: Ask) -> str:
    """A patient of whom nothing else is known, and who may be nobody's double."""
    mark = secrets.token_hex(6)
    who = {
        "given_name": f"Ann{mark}",
        "family_name": f"Flag{mark}",
        "born_on": str(date(1940, 1, 1) + timedelta(days=secrets.randbelow(_DAYS))),
        "sex_at_birth": "female",
        "administrative_gender": "female",
        "phone": f"+1303{secrets.randbelow(10**7):07}",
        "preferred_language": "en",
        "zone": "America/Denver",
    }
    made = ask("front_desk", "POST", "intake", "/v1/patients", **who)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def concerns(ask: Ask, patient: str) -> list[dict[str, Any]]:
    found = ask("prescriber", "GET", "intake", f"/v1/patients/{patient}/safety-concerns")
    items: list[dict[str, Any]] = found.json()["items"]
    return items


async def eventually(holds: Callable[[], Any], what: str) -> Any:
    limit = time.monotonic() + 60
    while not (found := holds()):
        assert time.monotonic() < limit, what
        await asyncio.sleep(0.2)
    return found


async def blocked_in_dosing(platform: Platform, network: UUID, patient: str) -> list[str]:
    """What dosing knows to be open of the patient, by which its gate refuses every dose."""
    query = f"SELECT id::text FROM safety_concern WHERE blocks_dosing AND patient_id = '{patient}'"
    return [row[0] for row in await rows(platform, "dosing", network, query)]


@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_red_flag_is_a_concern_in_intake_and_stops_doses_in_dosing(
    platform: Platform, second: Played, ask: Ask, kind: str
) -> None:
    raised, graded = KINDS[kind]
    patient = registered(ask)
    flag = {"patient_id": patient, "kind": kind, "severity": raised}

    made = ask("therapist", "POST", "integration", "/v1/red-flags", **flag)

    assert made.status_code == 201, made.text
    (concern,) = await eventually(lambda: concerns(ask, patient), "no concern in intake")
    assert (concern["trigger"], concern["severity"]) == (f"red_flag_{kind}", graded)
    assert concern["blocks_dosing"] is True
    cleared = ask("prescriber", "GET", "intake", f"/v1/patients/{patient}/clearance").json()
    assert not any(route["cleared"] for route in cleared["routes"])
    limit = time.monotonic() + 60
    while concern["id"] not in await blocked_in_dosing(platform, second.network, patient):
        assert time.monotonic() < limit, "dosing has not heard of it"
        await asyncio.sleep(0.2)


async def test_crisis_term_in_a_screened_journal_is_a_concern_in_intake(
    platform: Platform, second: Played, ask: Ask
) -> None:
    patient = registered(ask)
    notice = ask("patient", "GET", "integration", "/v1/journal/notice", patient).json()
    choice = {"notice_version": notice["version"], "screened": True}
    ask("patient", "POST", "integration", "/v1/journal/choices", patient, **choice)

    words = {"words": "There is no reason to live."}
    wrote = ask("patient", "POST", "integration", "/v1/journal/entries", patient, **words)

    assert wrote.status_code == 201, wrote.text
    assert any("988" in line for line in wrote.json()["help"])
    (concern,) = await eventually(lambda: concerns(ask, patient), "no concern in intake")
    assert (concern["trigger"], concern["blocks_dosing"]) == ("red_flag_suicidality", True)
    assert "reason to live" not in str(concern)


async def test_second_miss_before_the_next_dose_sends_the_patient_to_review(
    platform: Platform, second: Played, ask: Ask
) -> None:
    """The deadline and the second chance after it are both over when the discharge is heard of."""
    patient, dosed = registered(ask), platform.clock.now() - timedelta(hours=49)
    left = SessionDischargedV1(
        session_id=uuid4(),
        visit_id=uuid4(),
        patient_id=UUID(patient),
        site_id=uuid4(),
        route=Route.IM,
        first_dose_at=dosed,
        last_dose_at=dosed,
        discharged_at=dosed + timedelta(hours=2),
    )
    now = platform.clock.now()
    record = encode(envelope_of(left, network=second.network, sequence=1, time=now))
    async with AIOKafkaProducer(
        bootstrap_servers=platform.bootstrap, enable_idempotence=False
    ) as producer:
        await producer.send_and_wait(left.topic, record.value, record.key, headers=record.headers)

    def reviewed() -> list[dict[str, Any]]:
        path = f"/v1/patients/{patient}/evaluations"
        found = ask("prescriber", "POST", "intake", path, route="im").json()["results"]
        return [one for one in found if (one["rule"], one["finding"]) == ("S02", "hit")]

    await eventually(reviewed, "the second miss is no reason for a review in intake")
    wanted = f"/v1/tasks?patient_id={patient}&state=open"
    tasks = ask("therapist", "GET", "integration", wanted).json()["items"]
    kinds = {task["kind"] for task in tasks}
    assert "call_missed_integration" in kinds
