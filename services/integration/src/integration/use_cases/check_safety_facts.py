"""What came up in a session and belongs in the chart is there before a private note is kept."""

from collections.abc import Sequence
from uuid import UUID

from kairos_chassis.db import Transaction

from integration.data import note_prompts
from integration.domain.private_note import SafetyAnswer
from integration.store import red_flags, therapy_sessions


async def check_safety_facts(
    patient_id: UUID, answers: Sequence[SafetyAnswer], tx: Transaction
) -> None:
    """Pass when every fact is answered, and every one that came up stands in the chart.

    Raises SafetyFactsUnanswered, SafetyFactNotCharted (409).
    """
    tx.about(patient_id)
    flags = await red_flags.of_patient(tx, patient_id)
    sessions = await therapy_sessions.of_patient(tx, patient_id)
    charted = frozenset([flag.id for flag in flags] + [session.id for session in sessions])
    note_prompts().check(answers, charted)
