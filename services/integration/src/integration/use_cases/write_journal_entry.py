"""The patient writes in their journal."""

from dataclasses import dataclass, field
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from integration.data import journal as policy
from integration.domain.journal import Audience, JournalEntry
from integration.domain.red_flag import FlagKind, FlagOrigin, Severity
from integration.store import journal
from integration.store.sealing import KeyRing
from integration.use_cases.raise_red_flag import RaiseRedFlag, raise_red_flag


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteJournalEntry:
    """The patient's own words."""

    patient_id: UUID
    audience: Audience
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Written:
    """What came of it: `alarmed` only where the patient wants terms of crisis looked for."""

    entry: JournalEntry
    screened: bool
    alarmed: bool


async def write_journal_entry(
    command: WriteJournalEntry, tx: Transaction, ring: KeyRing
) -> Written:
    """Seal the words and keep them.

    Where the patient opted in and a term of crisis stands in them, a red flag is raised: that it
    was raised leaves this service, the words do not. Raises NoticeNotRead (409).
    """
    choice = policy().admit(await journal.choice_of(tx, command.patient_id))
    entry_id = uuid7()
    written = JournalEntry(
        id=entry_id,
        patient_id=command.patient_id,
        sealed=await journal.sealed(tx, ring, command.patient_id, entry_id, command.words),
        audience=command.audience,
        written_at=tx.now,
        shared_at=None if command.audience is Audience.PRIVATE else tx.now,
    )
    journal.entries.add(tx, written)
    alarmed = choice.screened and policy().alarming(command.words)
    if alarmed:
        sign = RaiseRedFlag(
            patient_id=command.patient_id,
            kind=FlagKind.SUICIDALITY,
            severity=Severity.HIGH,
            origin=FlagOrigin.JOURNAL_SCREEN,
            raised_by=None,
        )
        await raise_red_flag(sign, tx)
    return Written(written, choice.screened, alarmed)
