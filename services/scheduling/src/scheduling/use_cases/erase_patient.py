"""Erase what this service keeps of a patient whom intake has erased."""

from uuid import UUID

from kairos_chassis.db import Transaction

from scheduling.store import reminders


async def erase_patient(patient_id: UUID, tx: Transaction) -> None:
    """Forget where reminders went; what was booked stays, without a person."""
    if await reminders.address_of(tx, patient_id) is not None:
        await reminders.set_address(tx, patient_id, None, "en")
