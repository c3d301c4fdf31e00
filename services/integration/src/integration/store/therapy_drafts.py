"""Drafts and everything they ever said, at rest."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from kairos_events.uuid7 import uuid7
from sqlalchemy import any_, bindparam, or_, select

from integration.domain.errors import DraftNotFound
from integration.domain.therapy_draft import DraftState, DraftVersion, TherapyDraft
from integration.store.records import Records
from integration.store.tables import therapy_draft, therapy_draft_version

drafts = Records(therapy_draft, TherapyDraft, DraftNotFound)
versions = Records(therapy_draft_version, DraftVersion, DraftNotFound)

_OF_WRITER = statement(
    select(therapy_draft)
    .where(
        or_(
            therapy_draft.c.author_id == bindparam("writer"),
            bindparam("writer", type_=therapy_draft.c.author_id.type)
            == any_(therapy_draft.c.co_therapists),
        ),
        therapy_draft.c.state == DraftState.OPEN.value,
    )
    .order_by(therapy_draft.c.saved_at.desc())
    .limit(100)
)
_VERSIONS = statement(
    select(therapy_draft_version)
    .where(therapy_draft_version.c.draft_id == bindparam("draft_id"))
    .order_by(therapy_draft_version.c.number)
)


async def of_writer(tx: Transaction, writer: UUID) -> list[TherapyDraft]:
    """The open drafts somebody writes, the newest first."""
    return await drafts.all(tx, _OF_WRITER, writer=writer)


async def versions_of(tx: Transaction, draft_id: UUID) -> list[DraftVersion]:
    """Everything a draft ever said."""
    return await versions.all(tx, _VERSIONS, draft_id=draft_id)


def keep_version(tx: Transaction, draft: TherapyDraft) -> None:
    """Keep what the draft says now, for good."""
    kept = DraftVersion(
        id=uuid7(),
        patient_id=draft.patient_id,
        draft_id=draft.id,
        number=draft.version,
        record=draft.record,
        saved_by=draft.saved_by,
        saved_at=draft.saved_at,
    )
    versions.add(tx, kept)
