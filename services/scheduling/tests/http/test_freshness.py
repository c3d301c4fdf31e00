"""Answers about doses say which clearance they rely on, and how fresh that is."""

from datetime import datetime, timedelta
from typing import Any

from kairos_chassis.bus import freshness
from kairos_chassis.bus.catalogue import freshness_of
from kairos_chassis.db import Database

from .clinic import Clinic, slug

TOPIC = "intake.events"


async def hear(clinic: Clinic, at: datetime) -> None:
    """A heartbeat of every partition, at that time."""
    count = freshness_of("scheduling", TOPIC)._partitions[TOPIC]
    beats = {(TOPIC, n): at for n in range(count)}
    db: Database = clinic.service.db
    async with db.transaction(clinic.network) as tx:
        await freshness.note(tx, "scheduling", beats)


async def test_visit_and_refusal_say_how_old_the_clearance_is(clinic: Clinic) -> None:
    visit: dict[str, Any] = await clinic.booked()
    heard = clinic.service.clock.now() + timedelta(minutes=1)
    await hear(clinic, heard)
    clinic.service.clock.advance(timedelta(minutes=5))

    noted = (await clinic.get(f"/v1/visits/{visit['id']}")).json()["clearance"]
    patient = visit["patient_id"]
    whole = (await clinic.get(f"/v1/patients/{patient}/clearance")).json()
    unfit = {"visit_type": "dosing_sublingual", "route": "sublingual"}
    body = clinic.dosing(patient, **unfit, starts_at="2027-03-05T17:00:00Z")
    refused = await clinic.book(body)

    assert (noted["version"], noted["age_seconds"]) == (1, 300)
    assert datetime.fromisoformat(noted["as_of"]) == heard
    assert {name: whole[name] for name in noted} == noted
    assert [(one["route"], one["cleared"]) for one in whole["routes"]] == [("im", True)]
    assert slug(refused) == "not_cleared"
    assert datetime.fromisoformat(refused.json()["clearance_as_of"]) == heard
    assert refused.json()["clearance_changed_at"] is not None


async def test_patient_whom_intake_has_not_told_of_has_no_clearance(clinic: Clinic) -> None:
    answer = await clinic.get(f"/v1/patients/{clinic.network}/clearance")

    assert (answer.status_code, slug(answer)) == (404, "patient_unknown")
