"""The glass opens one patient's record, for reading, for a while, and somebody else judges it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from kairos_chassis.access.break_glass import GLASS_BROKEN
from kairos_chassis.clock import FrozenClock
from kairos_chassis.http.route import KairosRoute
from kairos_chassis.testing.databases import Databases
from kairos_chassis.testing.harness import Harness, running
from structlog.testing import capture_logs

from .conftest import NOON
from .services import service_of, settings_of

# A nurse may not read therapy sessions.
PATH = "/v1/therapy-sessions"


@pytest.fixture(scope="module")
async def integration(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Harness]:
    """One service stands for all: breaking the glass is the chassis's."""
    database = await databases.make("integration")
    directory = tmp_path_factory.mktemp("glass")
    extra = settings_of("integration", database, directory)
    async with running(
        service_of("integration"), database, FrozenClock(NOON), directory, **extra
    ) as started:
        yield started


class Clinic:
    """A network with two patients who have had therapy, and a nurse."""

    def __init__(self, service: Harness) -> None:
        self.service, self.network, self.nurse = service, uuid4(), uuid4()
        self.patient, self.other = uuid4(), uuid4()
        self.sessions: dict[UUID, str] = {}

    async def meet(self, patient: UUID) -> None:
        now = self.service.clock.now()
        body = {
            "patient_id": str(patient),
            "kind": "preparation",
            "practitioner_id": str(uuid4()),
            "started_at": (now - timedelta(hours=1)).isoformat(),
            "ended_at": now.isoformat(),
        }
        async with self.service.client("therapist", network=self.network) as client:
            answer = await client.post(PATH, json=body)
        assert answer.status_code == 201, answer.text
        self.sessions[patient] = f"{PATH}/{answer.json()['id']}"

    async def read(self, patient: UUID, glass: str | None, **who: Any) -> httpx.Response:
        headers = {} if glass is None else {"Kairos-Break-Glass": glass}
        subject = who.get("subject", self.nurse)
        async with self.service.client("nurse", network=self.network, subject=subject) as client:
            return await client.get(self.sessions[patient], headers=headers)

    async def break_glass(self, minutes: int = 60, role: str = "nurse") -> httpx.Response:
        body = {"patient_id": str(self.patient), "reason": "emergency", "minutes": minutes}
        async with self.service.client(role, network=self.network, subject=self.nurse) as client:
            return await client.post("/v1/break-glass", json=body)


@pytest.fixture
async def clinic(integration: Harness) -> Clinic:
    made = Clinic(integration)
    await made.meet(made.patient)
    await made.meet(made.other)
    return made


async def test_glass_opens_what_the_role_does_not(clinic: Clinic) -> None:
    assert (await clinic.read(clinic.patient, None)).status_code == 403
    glass = (await clinic.break_glass()).json()["id"]
    assert (await clinic.read(clinic.patient, glass)).status_code == 200
    entries = await clinic.service.rows("audit_entry", clinic.network)
    assert (entries[-1]["purpose"], entries[-1]["outcome"]) == ("BTG", "allowed")
    assert entries[-1]["patient_id"] == clinic.patient


async def test_glass_opens_one_patient_only(clinic: Clinic) -> None:
    glass = (await clinic.break_glass()).json()["id"]
    answer = await clinic.read(clinic.other, glass)
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("break_glass_other_patient")
    entry = (await clinic.service.rows("audit_entry", clinic.network))[-1]
    assert (entry["outcome"], entry["patient_id"]) == ("refused", clinic.other)


async def test_glass_opens_to_who_broke_it_only(clinic: Clinic) -> None:
    glass = (await clinic.break_glass()).json()["id"]
    assert (await clinic.read(clinic.patient, glass, subject=uuid4())).status_code == 403


async def test_glass_closes_by_itself(clinic: Clinic) -> None:
    glass, clock = (await clinic.break_glass(minutes=5)).json()["id"], clinic.service.clock
    before = clock.at
    try:
        clock.advance(timedelta(minutes=5))
        assert (await clinic.read(clinic.patient, glass)).status_code == 403
    finally:
        clock.at = before
    assert (await clinic.read(clinic.patient, glass)).status_code == 200


@pytest.mark.parametrize("glass", [str(UUID(int=7)), "no id", ""])
async def test_glass_nobody_broke_opens_nothing(clinic: Clinic, glass: str) -> None:
    assert (await clinic.read(clinic.patient, glass)).status_code == 403


async def test_sealed_records_stay_closed(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    """Psychotherapy notes are read under a sealed policy, which no glass opens."""
    route = next(
        one
        for one in clinic.service.app.routes
        if isinstance(one, KairosRoute) and "GET" in one.methods and one.path.startswith(PATH)
    )
    rules = route.app.rules
    sealed = replace(rules, policy=replace(rules.policy, sealed=True))
    glass = (await clinic.break_glass()).json()["id"]
    monkeypatch.setattr(route.app, "rules", sealed)
    answer = await clinic.read(clinic.patient, glass)
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("not_opened_by_break_glass")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/patients/{patient}/psychotherapy-notes",
        "/v1/psychotherapy-notes/{any}",
        "/v1/psychotherapy-note-prompts",
        "/v1/patients/{patient}/journal",
        "/v1/journal/entries",
        "/v1/journal/entries/{any}",
    ],
)
@pytest.mark.parametrize("role", ["nurse", "therapist", "medical_director"])
async def test_no_glass_opens_psychotherapy_notes_or_journals(
    clinic: Clinic, path: str, role: str
) -> None:
    """The routes themselves, with a glass that opens everything else of this patient."""
    glass = (await clinic.break_glass(role=role)).json()["id"]
    asked = path.format(patient=clinic.patient, any=uuid4())
    async with clinic.service.client(role, network=clinic.network, subject=clinic.nurse) as client:
        answer = await client.get(asked, headers={"Kairos-Break-Glass": glass})
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("not_opened_by_break_glass")


async def test_every_breaking_is_told_at_once(clinic: Clinic) -> None:
    """The alert: a metric by reason, and a log line without the patient."""
    before = GLASS_BROKEN.labels("emergency")._value.get()
    with capture_logs() as said:
        assert (await clinic.break_glass()).status_code == 201
        assert (await clinic.break_glass(role="front_desk")).status_code == 403  # the twin
    assert GLASS_BROKEN.labels("emergency")._value.get() == before + 1
    (told,) = [one for one in said if one["event"] == "glass_broken"]
    assert (told["log_level"], told["reason"]) == ("warning", "emergency")
    assert str(clinic.patient) not in str(told)


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": None},
        {"reason": "curious"},
        {"minutes": 4},
        {"minutes": 481},
        {"patient_id": None},
    ],
)
async def test_glass_is_not_broken_without_reason_patient_and_end(
    clinic: Clinic, changes: dict[str, Any]
) -> None:
    whole = {"patient_id": str(clinic.patient), "reason": "emergency", "minutes": 30}
    body = {name: value for name, value in (whole | changes).items() if value is not None}
    async with clinic.service.client("nurse", network=clinic.network) as client:
        assert (await client.post("/v1/break-glass", json=body)).status_code == 422
    assert await clinic.service.rows("break_glass", clinic.network) == []


async def test_glass_changes_nothing(clinic: Clinic) -> None:
    glass = (await clinic.break_glass()).json()["id"]
    async with clinic.service.client(
        "nurse", network=clinic.network, subject=clinic.nurse
    ) as client:
        answer = await client.post(PATH, json={}, headers={"Kairos-Break-Glass": glass})
    assert answer.status_code == 403


@pytest.mark.parametrize("role", ["front_desk", "ops_admin", "privacy_officer", "pharmacist"])
async def test_only_clinicians_break_it(clinic: Clinic, role: str) -> None:
    assert (await clinic.break_glass(role=role)).status_code == 403


async def test_glass_of_one_network_is_none_in_another(clinic: Clinic) -> None:
    glass = (await clinic.break_glass()).json()["id"]
    async with clinic.service.client("nurse", network=uuid4(), subject=clinic.nurse) as client:
        headers = {"Kairos-Break-Glass": glass}
        answer = await client.get(clinic.sessions[clinic.patient], headers=headers)
    assert answer.status_code == 403


async def test_every_breaking_waits_until_somebody_else_has_judged_it(clinic: Clinic) -> None:
    glass = (await clinic.break_glass()).json()["id"]
    queue = "/v1/break-glass?state=waiting"
    review = f"/v1/break-glass/{glass}/review"
    verdict = {"outcome": "justified"}
    network = clinic.network
    async with (
        clinic.service.client("medical_director", network=network) as director,
        clinic.service.client("medical_director", network=network, subject=clinic.nurse) as self_,
        clinic.service.client("medical_director", network=uuid4()) as stranger,
    ):
        (waiting,) = (await director.get(queue)).json()["items"]
        assert (waiting["id"], waiting["reason"], waiting["outcome"]) == (glass, "emergency", None)
        assert (await stranger.get(queue)).json()["items"] == []
        assert (await stranger.post(review, json=verdict)).status_code == 404
        own = await self_.post(review, json=verdict)
        assert own.json()["type"].endswith("own_break_glass")
        assert (await director.post(review, json=verdict)).json()["outcome"] == "justified"
        assert (await director.post(review, json=verdict)).status_code == 409
        assert (await director.get(queue)).json()["items"] == []
        (judged,) = (await director.get("/v1/break-glass?state=reviewed")).json()["items"]
    assert judged["reviewed_at"] is not None
