"""Sessions and their moves, at rest."""

from datetime import datetime
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion
from kairos_chassis.statements import statement
from sqlalchemy import Integer, Text, Uuid, any_, bindparam, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime

from dosing.domain.care_errors import PatientNotFound
from dosing.domain.errors import SessionNotFound
from dosing.domain.session import OVER, Move, Session, State
from dosing.store.care_tables import device_reading
from dosing.store.lock_order import Rank, taking
from dosing.store.persons import same_person
from dosing.store.session_tables import session, session_move

_BY_ID = select(session).where(session.c.id == bindparam("id"))
_FIND = statement(_BY_ID)
_LOCK = statement(_BY_ID.with_for_update(key_share=True))
# A batch asks for both at once: one round trip.
_WITH_NEWEST = statement(
    _BY_ID.add_columns(
        select(func.max(device_reading.c.read_at))
        .where(
            device_reading.c.session_id == bindparam("id"),
            device_reading.c.device_id == bindparam("device_id"),
        )
        .scalar_subquery()
        .label("newest_at")
    )
)
_OF_VISIT = statement(select(session.c.id).where(session.c.visit_id == bindparam("visit_id")))
_MOVES = statement(
    select(session_move)
    .where(session_move.c.session_id == bindparam("session_id"))
    .order_by(session_move.c.seq)
)
_SAVE = statement(
    update(session)
    .where(session.c.id == bindparam("of"), session.c.version == bindparam("seen"))
    .values(
        state=bindparam("state"),
        first_dose_at=bindparam("first_dose_at"),
        last_dose_at=bindparam("last_dose_at"),
        version=bindparam("next"),
    )
)
_ANY = statement(select(session.c.id).where(session.c.patient_id.in_(same_person())).limit(1))
_WATCHED = statement(
    select(session)
    .where(
        session.c.patient_id.in_(same_person()),
        or_(session.c.state == "monitoring", session.c.state == "dischargeable"),
    )
    .order_by(session.c.id)
    .with_for_update(of=session, key_share=True)
)
_after_at = bindparam("after_at", type_=DateTime(timezone=True))
_SITES = bindparam("sites", type_=ARRAY(Uuid))
_PAGE = statement(
    select(session)
    .where(
        or_(_SITES.is_(None), session.c.site_id == any_(_SITES)),
        or_(
            bindparam("state", type_=Text).is_(None),
            session.c.state == bindparam("state", type_=Text),
        ),
        or_(
            _after_at.is_(None),
            tuple_(session.c.opened_at, session.c.id)
            < tuple_(_after_at, bindparam("after_id", type_=Uuid)),
        ),
    )
    .order_by(session.c.opened_at.desc(), session.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
)


async def find(tx: Transaction, session_id: UUID) -> Session:
    """A session. Raises SessionNotFound."""
    return _one(tx, await tx.fetch_one(_FIND, id=session_id))


async def with_newest_reading(
    tx: Transaction, session_id: UUID, device_id: UUID
) -> tuple[Session, datetime | None]:
    """A session, and when a device's newest reading in it was measured. Raises SessionNotFound."""
    row = await tx.fetch_one(_WITH_NEWEST, id=session_id, device_id=device_id)
    return _one(tx, row), None if row is None else row["newest_at"]


async def lock(tx: Transaction, session_id: UUID) -> Session:
    """A session, kept from everybody else until the commit. Raises SessionNotFound."""
    taking(tx, Rank.SESSION, (session_id,))
    return _one(tx, await tx.fetch_one(_LOCK, id=session_id))


async def id_of_visit(tx: Transaction, visit_id: UUID) -> UUID | None:
    """The session of a visit, if it is open already."""
    row = await tx.fetch_one(_OF_VISIT, visit_id=visit_id)
    return None if row is None else row["id"]


async def watched_of_patient(tx: Transaction, patient_id: UUID) -> list[Session]:
    """A patient's dosed sessions that have not ended, kept from everybody else until the commit."""
    watched = [_session(row) for row in await tx.fetch(_WATCHED, patient_id=patient_id)]
    taking(tx, Rank.SESSION, (one.id for one in watched))
    return watched


async def require_patient(tx: Transaction, patient_id: UUID) -> None:
    """Raises PatientNotFound for somebody who never had a session in this network."""
    if await tx.fetch_one(_ANY, patient_id=patient_id) is None:
        raise PatientNotFound


async def moves(tx: Transaction, session_id: UUID) -> list[Move]:
    """How a session got where it is."""
    rows = await tx.fetch(_MOVES, session_id=session_id)
    return [
        Move(
            seq=row["seq"],
            before=None if row["from_state"] is None else State(row["from_state"]),
            after=State(row["to_state"]),
            by=row["moved_by"],
            cause=row["cause"],
            at=row["moved_at"],
        )
        for row in rows
    ]


def add(tx: Transaction, opened: Session) -> None:
    """Keep a new session and its first move."""
    tx.about(opened.patient_id)
    tx.insert(
        session,
        id=opened.id,
        network_id=tx.network,
        visit_id=opened.visit_id,
        patient_id=opened.patient_id,
        site_id=opened.site_id,
        site_state=opened.site_state,
        site_zone=opened.site_zone,
        route=opened.route,
        protocol_code=opened.protocol_code,
        protocol_version=opened.protocol_version,
        opened_at=opened.opened_at,
        state=opened.state.value,
        version=opened.version,
    )
    _add_moves(tx, opened)


def save(tx: Transaction, moved: Session) -> None:
    """Keep a session's moves. Raises StaleVersion at the flush if somebody was faster."""
    if not moved.moves:
        return
    tx.write(
        _SAVE,
        otherwise=StaleVersion(),
        of=moved.id,
        seen=moved.version - len(moved.moves),
        next=moved.version,
        state=moved.state.value,
        first_dose_at=moved.first_dose_at,
        last_dose_at=moved.last_dose_at,
    )
    _add_moves(tx, moved)


async def page(
    tx: Transaction,
    *,
    sites: list[UUID] | None,
    state: str | None,
    after: list[str] | None,
    limit: int,
) -> list[Session]:
    """Sessions of these sites (None: all), the newest first, after a cursor's position."""
    rows = await tx.fetch(
        _PAGE,
        sites=sites,
        state=state,
        after_at=None if after is None else datetime.fromisoformat(after[0]),
        after_id=None if after is None else UUID(after[1]),
        limit=limit,
    )
    return [_session(row) for row in rows]


def _add_moves(tx: Transaction, moved: Session) -> None:
    for one in moved.moves:
        tx.insert(
            session_move,
            network_id=tx.network,
            session_id=moved.id,
            seq=one.seq,
            from_state=None if one.before is None else one.before.value,
            to_state=one.after.value,
            moved_by=one.by,
            cause=one.cause,
            moved_at=one.at,
        )


def _one(tx: Transaction, row: Record | None) -> Session:
    if row is None:
        raise SessionNotFound
    tx.about(row["patient_id"])
    found = _session(row)
    tx.under_way = found.state not in OVER
    return found


def _session(row: Record) -> Session:
    return Session(
        id=row["id"],
        visit_id=row["visit_id"],
        patient_id=row["patient_id"],
        site_id=row["site_id"],
        site_state=row["site_state"],
        site_zone=row["site_zone"],
        route=row["route"],
        protocol_code=row["protocol_code"],
        protocol_version=row["protocol_version"],
        opened_at=row["opened_at"],
        state=State(row["state"]),
        first_dose_at=row["first_dose_at"],
        last_dose_at=row["last_dose_at"],
        version=row["version"],
    )
