"""Sign a draft: from then on it is the record, and never changes."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction

from integration.data import therapy
from integration.domain.commitment import Practice
from integration.domain.errors import NotYourSession
from integration.domain.red_flag import FlagKind, FlagOrigin, Severity
from integration.domain.therapy_draft import Record, TherapyDraft
from integration.store.therapy_drafts import drafts
from integration.use_cases.make_commitment import MakeCommitment, make_commitment
from integration.use_cases.raise_red_flag import RaiseRedFlag, raise_red_flag
from integration.use_cases.record_therapy_session import (
    RecordTherapySession,
    record_therapy_session,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignTherapyDraft:
    """The author stands by the record."""

    draft_id: UUID
    signed_by: UUID
    zone: str  # IANA name, for reminders of what was promised
    version: int  # as the author has read it


async def sign_therapy_draft(command: SignTherapyDraft, tx: Transaction) -> TherapyDraft:
    """Make the draft the record, with everything that follows from it, all or nothing.

    Its episode is completed, its red flags are raised, its commitments and practices begin.
    Raises DraftNotFound (404), NotYourSession (403), StaleVersion (412), DraftEnded,
    RecordUnfinished (409), and what `record_therapy_session` raises.
    """
    found = await drafts.lock(tx, command.draft_id)
    found.admit(command.signed_by)
    if found.author_id != command.signed_by:
        raise NotYourSession
    draft = await drafts.seen(tx, command.draft_id, command.version)
    draft.sign(draft.id, therapy())  # whether it can be, before anything is written
    session_id = await record_therapy_session(_session_of(draft), tx)
    await tx.flush()  # the draft and the commitments refer to it
    signed = draft.sign(session_id, therapy())
    drafts.save(tx, signed)
    await _raise_flags(draft, command.signed_by, tx)
    for made in _promises(draft.record):
        await make_commitment(
            MakeCommitment(
                patient_id=draft.patient_id,
                therapy_session_id=session_id,
                zone=command.zone,
                **made,
            ),
            tx,
        )
    return signed


def _session_of(draft: TherapyDraft) -> RecordTherapySession:
    assert draft.ended_at is not None
    record = draft.record
    return RecordTherapySession(
        patient_id=draft.patient_id,
        episode_id=draft.episode_id,
        kind=draft.kind,
        practitioner_id=draft.author_id,
        started_at=draft.started_at,
        ended_at=draft.ended_at,
        themes=tuple(record.get("themes", ())),
        insights=tuple(record.get("insights", ())),
        commitments=tuple(made["behaviour"] for made in record.get("commitments", ())),
        modality=draft.modality,
        co_therapists=draft.co_therapists,
        record=record,
    )


async def _raise_flags(draft: TherapyDraft, by: UUID, tx: Transaction) -> None:
    for sign in draft.record.get("red_flags", ()):
        seen = RaiseRedFlag(
            patient_id=draft.patient_id,
            kind=FlagKind(sign["kind"]),
            severity=Severity(sign["severity"]),
            origin=FlagOrigin.THERAPY_SESSION,
            raised_by=by,
        )
        await raise_red_flag(seen, tx)


def _promises(record: Record) -> list[dict[str, Any]]:
    """Commitments and practices of a record, as what makes them."""
    made = [dict(one) for one in record.get("commitments", ())]
    for practice in record.get("practices", ()):
        kind = Practice(practice["practice"])
        rest = {"behaviour": kind.value, "confidence": practice["confidence"]}
        made.append({**rest, "practice": kind, "times_per_week": practice["times_per_week"]})
    return made
