"""Integration was not done in time: have the patient called the same day."""

from uuid import UUID

from kairos_chassis import outbox, timers
from kairos_chassis.db import Transaction

from integration import publish
from integration.data import escalation
from integration.domain.task import TaskKind
from integration.store import episodes
from integration.use_cases.open_episode import DEADLINE
from integration.use_cases.open_task import OpenTask, open_task


async def note_missed_integration(episode_id: UUID, tx: Transaction) -> None:
    """Count the miss, announce it and ask for a call; the first one opens a second chance.

    Nothing happens once the episode is closed. Raises EpisodeNotFound (404).
    """
    found = await episodes.episodes.lock(tx, episode_id)
    if found.closed_at is not None:
        return
    before = await episodes.misses_in_a_row(tx, found.patient_id)
    missed = found.miss()
    episodes.episodes.save(tx, missed)
    await outbox.append(tx, publish.integration_missed(missed, in_a_row=before + 1, at=tx.now))
    await open_task(
        OpenTask(
            patient_id=missed.patient_id,
            kind=TaskKind.CALL_MISSED_INTEGRATION,
            subject_id=missed.id,
            role="therapist",
            due_at=tx.now + escalation().call_within,
        ),
        tx,
    )
    if missed.misses == 1:
        again = missed.due_at + escalation().second_chance
        timers.schedule(tx, DEADLINE, missed.id, again, patient_id=missed.patient_id)
