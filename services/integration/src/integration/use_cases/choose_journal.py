"""The patient has read the notice, and chooses."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from integration.data import journal as policy
from integration.domain.errors import OtherNotice
from integration.domain.journal import JournalChoice
from integration.store.journal import choices


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseJournal:
    """Whether crisis terms are looked for in what the patient will write."""

    patient_id: UUID
    notice_version: str
    screened: bool


async def choose_journal(command: ChooseJournal, tx: Transaction) -> JournalChoice:
    """Keep the choice; the newest one counts. Raises OtherNotice (409)."""
    if command.notice_version != policy().version:
        raise OtherNotice
    choice = JournalChoice(
        id=uuid7(),
        patient_id=command.patient_id,
        notice_version=command.notice_version,
        screened=command.screened,
        chosen_at=tx.now,
    )
    choices.add(tx, choice)
    return choice
