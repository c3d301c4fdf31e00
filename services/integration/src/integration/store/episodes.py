"""Episodes, at rest."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import Text, bindparam, func, or_, select

from integration.domain.episode import Episode, Outcome
from integration.domain.errors import EpisodeNotFound
from integration.store.paging import asked_person, by_instant, position
from integration.store.people import of_person
from integration.store.records import Records
from integration.store.tables import episode

episodes = Records(episode, Episode, EpisodeNotFound)

_OF_SESSION = statement(select(episode).where(episode.c.session_id == bindparam("session_id")))
_state = bindparam("state", type_=Text)
_PAGE = statement(
    by_instant(
        episode,
        "due_at",
        asked_person(episode.c.patient_id),
        or_(_state.is_(None), (_state == "open") == episode.c.closed_at.is_(None)),
    )
)
_completed = (
    select(func.max(episode.c.opened_at))
    .where(
        of_person(episode.c.patient_id),
        episode.c.outcome == Outcome.COMPLETED.value,
    )
    .scalar_subquery()
)
_MISSES = statement(
    select(func.coalesce(func.sum(episode.c.misses), 0).label("misses")).where(
        of_person(episode.c.patient_id),
        or_(_completed.is_(None), episode.c.opened_at > _completed),
    )
)
_OPEN = statement(
    select(episode)
    .where(of_person(episode.c.patient_id), episode.c.closed_at.is_(None))
    .order_by(episode.c.opened_at.desc())
    .limit(1)
)


async def of_session(tx: Transaction, session_id: UUID) -> Episode | None:
    """The episode that follows a dosing session, if it is open already."""
    row = await tx.fetch_one(_OF_SESSION, session_id=session_id)
    return None if row is None else episodes.of(row)


async def latest_open(tx: Transaction, patient_id: UUID, by: datetime) -> Episode | None:
    """The patient's newest open episode that began before a time."""
    row = await tx.fetch_one(_OPEN, patient_id=patient_id)
    found = None if row is None else episodes.of(row)
    return found if found is not None and found.opened_at <= by else None


async def misses_in_a_row(tx: Transaction, patient_id: UUID) -> int:
    """How often integration was missed since it was last completed."""
    row = await tx.fetch_one(_MISSES, patient_id=patient_id)
    assert row is not None
    return int(row["misses"])


async def page(
    tx: Transaction,
    *,
    patient_id: UUID | None,
    state: str | None,
    after: Sequence[str] | None,
    limit: int,
) -> list[Episode]:
    """Episodes by due time, `limit` at most, after the position of a cursor."""
    wanted = {"patient_id": patient_id, "state": state, "limit": limit}
    return await episodes.all(tx, _PAGE, **wanted, **position(after))
