"""Reads that need the relation: who is in the patient's team, from the moment it changes."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from kairos_chassis.clock import FrozenClock
from kairos_chassis.http.route import KairosRoute
from kairos_chassis.policy import Policy, policy
from kairos_chassis.testing.databases import Databases
from kairos_chassis.testing.harness import Harness, running
from kairos_events.intake import CareTeamChangedV1

from .conftest import NOON
from .services import service_of, settings_of
from .test_break_glass import Clinic

# What needs the relation in each service; the table in docs/access.md is made from the same marks.
MARKED = {
    "intake": {
        "assessment.read": "care_team",
        "clinical_fact.read": "care_team",
        "eligibility.read": "care_team",
        "outside_record.read": "care_team",
    },
    "scheduling": {},
    "dosing": {"exposure.read": "care_team", "dosing_session.read": "care_team_afterwards"},
    "integration": {
        "therapy_session.read": "care_team",
        "outcome.read": "care_team",
        "care_plan.read": "care_team",
        "commitment.read": "care_team",
        "journal.read_shared": "care_team",
    },
}


@pytest.fixture(scope="module")
async def integration(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Harness]:
    database = await databases.make("integration")
    folder = tmp_path_factory.mktemp("team")
    extra = settings_of("integration", database, folder)
    async with running(
        service_of("integration"), database, FrozenClock(NOON), folder, **extra
    ) as started:
        yield started


@pytest.fixture
async def clinic(integration: Harness) -> Clinic:
    made = Clinic(integration)
    await made.meet(made.patient)
    await made.meet(made.other)
    return made


async def tell(clinic: Clinic, version: int, *members: UUID) -> None:
    """Intake's word about the first patient's team."""
    event = CareTeamChangedV1(
        patient_id=clinic.patient,
        team_version=version,
        members=members,
        changed_at=clinic.service.clock.now(),
    )
    await clinic.service.deliver(event, clinic.network, sequence=version)


async def read(client: httpx.AsyncClient, clinic: Clinic, **headers: str) -> httpx.Response:
    return await client.get(clinic.sessions[clinic.patient], headers=headers)


async def test_only_the_team_reads_whom_it_cares_for_and_a_change_holds_at_once(
    clinic: Clinic,
) -> None:
    """With one and the same token throughout: nobody has to log in anew."""
    therapist = uuid4()
    async with clinic.service.client(
        "therapist", network=clinic.network, subject=therapist
    ) as client:
        assert (await read(client, clinic)).status_code == 200  # no team was ever named
        await tell(clinic, 1, uuid4())
        refused = await read(client, clinic)
        assert refused.status_code == 403
        assert refused.json()["type"].endswith(":not_in_care_team")
        await tell(clinic, 2, therapist)
        assert (await read(client, clinic)).status_code == 200
        await tell(clinic, 3)
        assert (await read(client, clinic)).status_code == 403
        await tell(clinic, 2, therapist)  # late: what is newer stands
        assert (await read(client, clinic)).status_code == 403
        other = await client.get(clinic.sessions[clinic.other])
        assert other.status_code == 200
    entries = await clinic.service.rows("audit_entry", clinic.network)
    refusals = [one for one in entries if one["reason"] == "not_in_care_team"]
    assert len(refusals) == 3
    assert {one["patient_id"] for one in refusals} == {clinic.patient}


async def test_glass_stands_in_for_the_relation_and_is_audited(clinic: Clinic) -> None:
    director = uuid4()
    await tell(clinic, 1, uuid4())
    body = {"patient_id": str(clinic.patient), "reason": "emergency", "minutes": 30}
    async with clinic.service.client(
        "medical_director", network=clinic.network, subject=director
    ) as client:
        assert (await read(client, clinic)).status_code == 403
        broken = await client.post("/v1/break-glass", json=body)
        opened = {"Kairos-Break-Glass": broken.json()["id"]}
        assert (await read(client, clinic, **opened)).status_code == 200
        clinic.service.clock.advance(timedelta(minutes=31))
        assert (await read(client, clinic, **opened)).status_code == 403
    clinic.service.clock.at = NOON
    entries = await clinic.service.rows("audit_entry", clinic.network)
    assert [one["outcome"] for one in entries if one["purpose"] == "BTG"] == ["allowed"]
    assert [one["reason"] for one in entries if one["outcome"] == "refused"] == [
        "not_in_care_team",
        "break_glass_not_valid",
    ]


async def test_team_of_another_network_counts_for_nothing(clinic: Clinic) -> None:
    therapist = uuid4()
    event = CareTeamChangedV1(
        patient_id=clinic.patient, team_version=1, members=(uuid4(),), changed_at=NOON
    )
    await clinic.service.deliver(event, uuid4())
    async with clinic.service.client(
        "therapist", network=clinic.network, subject=therapist
    ) as client:
        assert (await read(client, clinic)).status_code == 200


async def test_network_may_require_that_every_team_is_named(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> None:
    database = await databases.make("integration")
    folder = tmp_path_factory.mktemp("required")
    extra = settings_of("integration", database, folder) | {"care_team_required": True}
    async with running(
        service_of("integration"), database, FrozenClock(NOON), folder, **extra
    ) as service:
        clinic = Clinic(service)
        await clinic.meet(clinic.patient)
        async with service.client("therapist", network=clinic.network) as client:
            assert (await read(client, clinic)).status_code == 403


async def test_marks_are_where_the_table_says(service: Harness) -> None:
    found = {
        route.rules.policy.action: route.rules.policy.relation
        for route in service.app.routes
        if isinstance(route, KairosRoute) and route.rules.policy.relation is not None
    }
    assert found == MARKED[service.service.name]


async def test_every_marked_read_names_its_patient(service: Harness) -> None:
    """One that does not would be refused to everybody with a fault: it is found here first."""
    for route in service.app.routes:
        if isinstance(route, KairosRoute) and route.rules.policy.relation is not None:
            assert route.methods == {"GET"}, route.path
            # A stream names the session, or the site whose floor goes on.
            assert "{" in route.path or route.path == "/v1/streams", route.path


def undecided(path: str, policy: Policy) -> bool:
    """Whether nobody has said what a read of one patient's things asks of who reads."""
    concerns_one = "_id}" in path
    theirs = policy.roles - {"patient", "privacy_officer", "service"}
    if not concerns_one or policy.purpose != "TREAT" or not theirs:
        return False
    return policy.relation is None and policy.whoever is None and not policy.sealed


async def test_every_read_says_what_it_asks_of_who_reads(service: Harness) -> None:
    """The relation, or why whoever has the role may: no new read can forget to decide."""
    left = {
        route.path
        for route in service.app.routes
        if isinstance(route, KairosRoute)
        and not route.rules.unsafe
        and not route.rules.capability_in_path
        and undecided(route.path, route.rules.policy)
    }
    assert left == set()


def test_read_that_says_nothing_is_found() -> None:
    path = "/v1/patients/{patient_id}/dreams"
    assert undecided(path, policy("dream.read", "therapist"))
    assert not undecided(path, policy("dream.read", "therapist", relation="care_team"))
    assert not undecided(path, policy("dream.read", "therapist", whoever="dreams are for all"))
    with pytest.raises(ValueError, match="either"):
        policy("dream.read", "nurse", relation="care_team", whoever="both")
