"""Read models are made again from the bus, and nothing is announced, scheduled or asked again."""

from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
from integration.consume import handlers
from kairos_chassis.testing.harness import Harness
from kairos_events.intake import PatientMergedV1
from kairos_events.model import PublicEvent
from kairos_events.publishing import envelope_of

from ..following import booking, discharge, dose, no_show

READ_MODELS = ("dose", "planned_visit", "same_person")
DECIDED = ("outbox", "timer", "task", "safety_call", "measure", "episode")


async def state(service: Harness, network: UUID, tables: tuple[str, ...]) -> dict[str, list[str]]:
    return {
        table: sorted(str(dict(row)) for row in await service.rows(table, network))
        for table in tables
    }


async def made_again(service: Harness, network: UUID, events: list[PublicEvent]) -> None:
    """What a rebuild does of each key: its rows are thrown away and kept anew, in one go."""
    admin = await asyncpg.connect(service.database.admin_url)
    for table in READ_MODELS:
        await admin.execute(f"DELETE FROM {table} WHERE network_id = $1", network)
    await admin.close()
    async with service.db.transaction(network) as tx:
        for number, event in enumerate(events, 1):
            found = handlers.find(event.type)
            assert found is not None
            if found.keeps is None:
                continue
            now = service.clock.now()
            envelope = envelope_of(event, network=network, sequence=number, time=now)
            await found.keeps(found.reader.from_json(envelope.data), envelope, tx)
            await tx.flush()
            assert (tx.events, tx.timers) == ([], {})


async def test_read_models_are_made_again_and_nothing_else_happens_twice(
    service: Harness, network: UUID
) -> None:
    patient, now = uuid4(), service.clock.now()
    visit = booking(patient, now + timedelta(hours=20))
    merged = PatientMergedV1(
        surviving_patient_id=patient, merged_patient_id=uuid4(), merged_by=uuid4(), merged_at=now
    )
    told = [
        dose(patient, now - timedelta(hours=3)),
        discharge(patient, now - timedelta(hours=3)),
        visit,
        no_show(visit, now),
        merged,
    ]
    for event in told:
        await service.deliver(event, network)
    before = await state(service, network, READ_MODELS)
    decided = await state(service, network, DECIDED)
    assert all(before.values())
    assert all(decided.values())

    await made_again(service, network, told)

    assert await state(service, network, READ_MODELS) == before
    assert await state(service, network, DECIDED) == decided


def test_what_decides_is_never_run_again() -> None:
    acting = {name for name in handlers.types if (f := handlers.find(name)) and f.keeps is None}
    assert acting == {
        "dosing.session_discharged.v1",
        "dosing.session_left_against_advice.v1",
        "dosing.follow_up_requested.v1",
        "intake.patient_registered.v1",
        "intake.patient_erased.v1",
        "intake.assessment_completed.v1",
    }
