"""A withdrawal, or a concern, that arrives while an infusion is started is never lost."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from dosing.domain.clearance import Confirmed
from dosing.use_cases.start_infusion import StartInfusion, start_infusion
from kairos_chassis.auth import Caller
from kairos_events.intake import PatientMergedV1

from .clinic import Clinic
from .test_every_route import change, iv, start

ROUNDS = int(os.environ.get("KAIROS_RACE_ROUNDS", "6"))


async def _withdrawn(clinic: Clinic) -> None:
    await clinic.clear(version=9, cleared=False)


async def _worried(clinic: Clinic) -> None:
    await clinic.worry()


async def _other_id_worried(clinic: Clinic) -> None:
    """The concern is raised under another id of the same person."""
    kept, clinic.patient = clinic.patient, await _merged(clinic)
    await clinic.worry()
    clinic.patient = kept


async def _merged(clinic: Clinic) -> UUID:
    (row,) = await clinic.service.rows("patient_link", clinic.network)
    other: UUID = row["merged_patient_id"]
    return other


async def _merge(clinic: Clinic) -> None:
    event = PatientMergedV1(
        surviving_patient_id=clinic.patient,
        merged_patient_id=uuid4(),
        merged_by=uuid4(),
        merged_at=clinic.service.clock.now(),
    )
    await clinic.service.deliver(event, clinic.network)


async def _stopped(clinic: Clinic) -> bool:
    stops = await clinic.service.rows("drug_stop", clinic.network)
    return str(clinic.session) in [str(row["session_id"]) for row in stops]


_NEWS = pytest.mark.parametrize("news", [_withdrawn, _worried, _other_id_worried])
News = Callable[[Clinic], Coroutine[Any, Any, None]]


@_NEWS
async def test_news_that_arrives_before_the_start_commits_stops_it(
    clinic: Clinic, news: News
) -> None:
    """It waits for the start, sees it, stops it and calls somebody to the pump."""
    await _merge(clinic)
    draw = await iv(clinic)
    service = clinic.service
    now = service.clock.now()
    nurse = Caller(
        subject=clinic.ortiz,
        network_id=clinic.network,
        roles=frozenset({"nurse"}),
        sites=None,
        expires_at=now + timedelta(hours=1),
    )
    command = StartInfusion(
        command_id=uuid4(),
        session_id=UUID(clinic.session),
        patient_id=clinic.patient,
        draw_id=UUID(draw),
        started_at=now,
        by=nurse,
    )
    said = Confirmed(
        confirmation_id=uuid4(),
        version=2,
        extra_monitoring=(),
        valid_until=now + timedelta(seconds=5),
    )

    async with service.db.transaction(clinic.network) as tx:
        started = await start_infusion(
            command, said, service.clock, service.app.state.deps.freshness, tx
        )
        await tx.flush()
        arriving = asyncio.create_task(news(clinic))
        await asyncio.wait({arriving}, timeout=0.5)
    await arriving

    assert await _stopped(clinic)
    alerts = await service.rows("alert", clinic.network)
    assert [row["severity"] for row in alerts] == ["emergency"]
    faster = await change(clinic, str(started.id), "rate", rate_ml_per_h="5.00")
    assert faster.json()["type"] == "urn:kairos:problem:drug_stopped"


@pytest.mark.parametrize("news", [_withdrawn, _worried])
async def test_start_against_withdrawal_is_refused_or_stopped(clinic: Clinic, news: News) -> None:
    """Both at once, many rounds (KAIROS_RACE_ROUNDS): exactly one of the two, whoever is first."""
    for _ in range(ROUNDS):
        clinic.patient = uuid4()
        draw = await iv(clinic)

        answer, _said = await asyncio.gather(start(clinic, draw), news(clinic))

        begun = answer.status_code == 201
        assert begun or answer.status_code == 409, answer.text
        assert await _stopped(clinic) is begun


async def test_nothing_stops_a_start_of_whom_nothing_is_withdrawn(clinic: Clinic) -> None:
    """The twin: another patient's withdrawal, at the same moment."""
    draw = await iv(clinic)
    kept, clinic.patient = clinic.patient, uuid4()
    arriving = asyncio.create_task(_withdrawn(clinic))
    await asyncio.sleep(0)
    clinic.patient = kept

    answer, _ = await asyncio.gather(start(clinic, draw), arriving)

    assert answer.status_code == 201, answer.text
    assert not await _stopped(clinic)
