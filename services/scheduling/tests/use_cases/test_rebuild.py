"""Clearances made anew from the bus decide nothing a second time, and tell nobody."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from ..http.clinic import Clinic


async def forget(clinic: Clinic, *tables: str) -> None:
    admin = await asyncpg.connect(clinic.service.database.admin_url)
    try:
        for table in tables:
            query = f"DELETE FROM {table} WHERE network_id = $1"
            await admin.execute(query, clinic.network)
    finally:
        await admin.close()


async def history(clinic: Clinic, patient: UUID) -> None:
    """What intake said, again from the beginning, as a rebuild would deliver it."""
    await clinic.clear(patient, version=1)
    await clinic.clear(patient, version=2, cleared=False)
    await clinic.clear(patient, version=3)


@pytest.mark.parametrize("followed", [True, False])
async def test_rebuilt_clearance_is_kept_and_not_followed_again(
    clinic: Clinic, followed: bool
) -> None:
    """Without the note of what was followed the same rebuild would hold and release again."""
    visit = await clinic.booked()
    patient = UUID(visit["patient_id"])
    await history(clinic, patient)
    kept: Any = await clinic.service.rows("clearance", clinic.network)
    told = await clinic.types()

    await forget(clinic, "clearance", *([] if followed else ["clearance_followed"]))
    await history(clinic, patient)

    assert await clinic.service.rows("clearance", clinic.network) == kept
    assert (await clinic.types() == told) is followed
