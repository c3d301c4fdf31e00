"""Episodes, at rest."""

from datetime import datetime
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion
from kairos_chassis.statements import statement
from sqlalchemy import Integer, Text, Uuid, bindparam, or_, select, tuple_, update
from sqlalchemy.types import DateTime

from integration.domain.episode import Episode, Outcome
from integration.domain.errors import EpisodeNotFound
from integration.store.tables import episode

_BY_ID = select(episode).where(episode.c.id == bindparam("id"))
_FIND = statement(_BY_ID)
_LOCK = statement(_BY_ID.with_for_update())
_FIND_OF_SESSION = statement(
    select(episode.c.id).where(episode.c.session_id == bindparam("session_id"))
)
_CLOSE = statement(
    update(episode)
    .where(episode.c.id == bindparam("of"), episode.c.version == bindparam("seen"))
    .values(
        closed_at=bindparam("closed_at"),
        outcome=bindparam("outcome"),
        therapy_session_id=bindparam("therapy_session_id"),
        version=bindparam("next"),
    )
)
_after_at = bindparam("after_at", type_=DateTime(timezone=True))
_PAGE = statement(
    select(episode)
    .where(
        or_(
            bindparam("patient_id", type_=Uuid).is_(None),
            episode.c.patient_id == bindparam("patient_id", type_=Uuid),
        ),
        or_(
            bindparam("state", type_=Text).is_(None),
            (bindparam("state", type_=Text) == "open") & episode.c.closed_at.is_(None),
            (bindparam("state", type_=Text) == "closed") & episode.c.closed_at.is_not(None),
        ),
        or_(
            _after_at.is_(None),
            tuple_(episode.c.due_at, episode.c.id)
            > tuple_(_after_at, bindparam("after_id", type_=Uuid)),
        ),
    )
    .order_by(episode.c.due_at, episode.c.id)
    .limit(bindparam("limit", type_=Integer))
)


async def find(tx: Transaction, episode_id: UUID) -> Episode:
    """An episode. Raises EpisodeNotFound."""
    return _one(await tx.fetch_one(_FIND, id=episode_id))


async def lock(tx: Transaction, episode_id: UUID) -> Episode:
    """An episode, kept from everybody else until the commit. Raises EpisodeNotFound."""
    found = _one(await tx.fetch_one(_LOCK, id=episode_id))
    tx.about(found.patient_id)
    return found


async def id_of_session(tx: Transaction, session_id: UUID) -> UUID | None:
    """The episode that follows a dosing session, if it is open already."""
    row = await tx.fetch_one(_FIND_OF_SESSION, session_id=session_id)
    return None if row is None else row["id"]


def add(tx: Transaction, opened: Episode) -> None:
    """Keep a new episode."""
    tx.about(opened.patient_id)
    tx.insert(
        episode,
        id=opened.id,
        network_id=tx.network,
        patient_id=opened.patient_id,
        session_id=opened.session_id,
        route=opened.route,
        opened_at=opened.opened_at,
        due_at=opened.due_at,
        version=opened.version,
    )


def save_closed(tx: Transaction, closed: Episode) -> None:
    """Keep the end of an episode. Raises StaleVersion at the flush if somebody was faster."""
    tx.write(
        _CLOSE,
        otherwise=StaleVersion(),
        of=closed.id,
        seen=closed.version - 1,
        next=closed.version,
        closed_at=closed.closed_at,
        outcome=closed.outcome,
        therapy_session_id=closed.therapy_session_id,
    )


async def page(
    tx: Transaction,
    *,
    patient_id: UUID | None,
    state: str | None,
    after: list[str] | None,
    limit: int,
) -> list[Episode]:
    """Episodes by due time, `limit` at most, after the position of a cursor."""
    rows = await tx.fetch(
        _PAGE,
        patient_id=patient_id,
        state=state,
        after_at=None if after is None else datetime.fromisoformat(after[0]),
        after_id=None if after is None else UUID(after[1]),
        limit=limit,
    )
    return [_episode(row) for row in rows]


def _one(row: Record | None) -> Episode:
    if row is None:
        raise EpisodeNotFound
    return _episode(row)


def _episode(row: Record) -> Episode:
    return Episode(
        id=row["id"],
        patient_id=row["patient_id"],
        session_id=row["session_id"],
        route=row["route"],
        opened_at=row["opened_at"],
        due_at=row["due_at"],
        version=row["version"],
        closed_at=row["closed_at"],
        outcome=None if row["outcome"] is None else Outcome(row["outcome"]),
        therapy_session_id=row["therapy_session_id"],
    )
