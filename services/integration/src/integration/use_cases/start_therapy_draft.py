"""Begin the record of a therapy session."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from integration.data import therapy
from integration.domain.errors import OtherPatientsEpisode, UnknownModality
from integration.domain.therapy_draft import Record, TherapyDraft
from integration.domain.therapy_session import SessionKind
from integration.store import people
from integration.store.episodes import episodes
from integration.store.therapy_drafts import drafts, keep_version


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTherapyDraft:
    """Somebody sits down to write, perhaps while the session goes on."""

    patient_id: UUID
    episode_id: UUID | None
    kind: SessionKind
    modality: str
    author_id: UUID
    co_therapists: tuple[UUID, ...] = ()
    started_at: datetime  # aware, UTC
    ended_at: datetime | None = None
    record: Record = field(default_factory=dict)


async def start_therapy_draft(command: StartTherapyDraft, tx: Transaction) -> TherapyDraft:
    """Keep the draft. Raises EpisodeNotFound (404), OtherPatientsEpisode, UnknownModality (422)."""
    if command.kind not in therapy().prompts.get(command.modality, {}):
        raise UnknownModality
    if command.episode_id is not None:
        episode = await episodes.find(tx, command.episode_id)
        if not await people.same(tx, episode.patient_id, command.patient_id):
            raise OtherPatientsEpisode
    started = TherapyDraft(
        id=uuid7(),
        patient_id=command.patient_id,
        episode_id=command.episode_id,
        kind=command.kind,
        modality=command.modality,
        author_id=command.author_id,
        co_therapists=command.co_therapists,
        started_at=command.started_at,
        ended_at=command.ended_at,
        record=command.record,
        saved_by=command.author_id,
        saved_at=tx.now,
    )
    drafts.add(tx, started)
    await tx.flush()  # its first version refers to it
    keep_version(tx, started)
    return started
