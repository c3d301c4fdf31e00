"""Visits, at rest."""

from datetime import date, datetime
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement, statement
from sqlalchemy import Date, Integer, Uuid, any_, bindparam, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime

from scheduling.domain.check_in import Arrival
from scheduling.domain.errors import VisitNotFound
from scheduling.domain.practitioner import Role
from scheduling.domain.visit import Visit, VisitState
from scheduling.store.links import RECORDS
from scheduling.store.tables import check_in, visit, visit_staff

_staff = (
    select(func.jsonb_object_agg(visit_staff.c.role, visit_staff.c.practitioner_id))
    .where(visit_staff.c.visit_id == visit.c.id)
    .scalar_subquery()
    .label("staff")
)
_visits = select(visit, _staff)
_by_id = _visits.where(visit.c.id == bindparam("id"))
_FIND = statement(_by_id)
_LOCK = statement(_by_id.with_for_update(of=visit))
_LOCK_TO_COME = statement(
    _visits.where(
        visit.c.patient_id == bindparam("patient_id"),
        visit.c.route.is_not(None),
        visit.c.ends_at > bindparam("now", type_=DateTime(timezone=True)),
        or_(visit.c.state == "booked", visit.c.state == "held"),
    )
    .order_by(visit.c.id)
    .with_for_update(of=visit)
)
_LOCK_KEPT = statement(
    _visits.where(
        visit.c.patient_id == bindparam("patient_id"),
        visit.c.ends_at > bindparam("now", type_=DateTime(timezone=True)),
        or_(visit.c.state == "booked", visit.c.state == "held"),
    )
    .order_by(visit.c.id)
    .with_for_update(of=visit)
)
# With whom a person has been, or is booked: most often first.
_FAMILIAR = Statement(
    f"""
    SELECT s.practitioner_id AS who FROM visit v JOIN visit_staff s ON s.visit_id = v.id
    WHERE v.patient_id IN {RECORDS} AND v.state NOT IN ('cancelled', 'missed')
    GROUP BY s.practitioner_id ORDER BY count(*) DESC, max(v.starts_at) DESC, 1
    """,  # noqa: S608 - our own words
    ("patient_id",),
    {},
)
_patients = bindparam("patients", type_=ARRAY(Uuid))
_site_id = bindparam("site_id", type_=Uuid)
_local_on = bindparam("local_on", type_=Date)
_site_ids = bindparam("site_ids", type_=ARRAY(Uuid))
_after_at = bindparam("after_at", type_=DateTime(timezone=True))
_PAGE = statement(
    _visits.where(
        or_(_patients.is_(None), visit.c.patient_id == any_(_patients)),
        or_(_site_id.is_(None), visit.c.site_id == _site_id),
        or_(_local_on.is_(None), visit.c.local_on == _local_on),
        or_(_site_ids.is_(None), visit.c.site_id == any_(_site_ids)),
        or_(
            _after_at.is_(None),
            tuple_(visit.c.starts_at, visit.c.id)
            > tuple_(_after_at, bindparam("after_id", type_=Uuid)),
        ),
    )
    .order_by(visit.c.starts_at, visit.c.id)
    .limit(bindparam("limit", type_=Integer))
)


def add(tx: Transaction, booked: Visit) -> None:
    """Keep a new visit."""
    tx.about(booked.patient_id)
    values = {name: getattr(booked, name) for name in Visit.__slots__ if name != "staff"}
    values["equipment_ids"] = list(booked.equipment_ids)
    tx.insert(visit, network_id=tx.network, **values)
    for role, person in booked.staff.items():
        tx.insert(
            visit_staff,
            visit_id=booked.id,
            role=role,
            network_id=tx.network,
            practitioner_id=person,
        )


async def find(tx: Transaction, visit_id: UUID) -> Visit:
    """A visit. Raises VisitNotFound."""
    return _one(tx, await tx.fetch_one(_FIND, id=visit_id))


async def find_if_known(tx: Transaction, visit_id: UUID) -> Visit | None:
    """A visit; None where this network's calendar does not have it."""
    row = await tx.fetch_one(_FIND, id=visit_id)
    return None if row is None else _one(tx, row)


async def lock(tx: Transaction, visit_id: UUID) -> Visit:
    """A visit, kept from everybody else until the commit. Raises VisitNotFound."""
    return _one(tx, await tx.fetch_one(_LOCK, id=visit_id))


async def lock_among(tx: Transaction, visit_id: UUID) -> Visit:
    """A visit, and before it the patient's dosing visits to come, in the one order of all.

    For what changes one and may concern the others. Raises VisitNotFound.
    """
    seen = await find(tx, visit_id)
    if seen.route is not None:
        await lock_to_come(tx, seen.patient_id)
    return await lock(tx, visit_id)


async def lock_to_come(tx: Transaction, patient_id: UUID) -> list[Visit]:
    """A patient's dosing visits that have neither begun nor passed, kept from everybody else."""
    rows = await tx.fetch(_LOCK_TO_COME, patient_id=patient_id, now=tx.now)
    return [_visit(row) for row in rows]


async def lock_kept_to_come(tx: Transaction, patient_id: UUID) -> list[Visit]:
    """A record's visits of any kind that have neither begun nor passed."""
    rows = await tx.fetch(_LOCK_KEPT, patient_id=patient_id, now=tx.now)
    return [_visit(row) for row in rows]


async def familiar(tx: Transaction, patient_id: UUID) -> list[UUID]:
    """Practitioners the patient knows, the most familiar first."""
    return [row["who"] for row in await tx.fetch(_FAMILIAR, patient_id=patient_id)]


def add_check_in(
    tx: Transaction, moved: Visit, arrival: Arrival, *, policy_version: str, by: UUID
) -> None:
    """Keep what was known when the patient was checked in, and who did it."""
    tx.insert(
        check_in,
        visit_id=moved.id,
        network_id=tx.network,
        patient_id=moved.patient_id,
        escort_confirmed=arrival.escort_confirmed,
        fasting=arrival.fasting,
        screen=arrival.screen,
        consent_reaffirmed=arrival.consent_reaffirmed,
        policy_version=policy_version,
        checked_in_by=by,
        checked_in_at=arrival.at,
    )


async def page(
    tx: Transaction,
    *,
    patients: list[UUID] | None,
    site_id: UUID | None,
    local_on: date | None,
    within: frozenset[UUID] | None,
    after: list[str] | None,
    limit: int,
) -> list[Visit]:
    """Visits by start, after the position of a cursor; None means every patient, every site."""
    rows = await tx.fetch(
        _PAGE,
        patients=patients,
        site_id=site_id,
        local_on=local_on,
        site_ids=None if within is None else sorted(within),
        after_at=None if after is None else datetime.fromisoformat(after[0]),
        after_id=None if after is None else UUID(after[1]),
        limit=limit,
    )
    return [_visit(row) for row in rows]


def _one(tx: Transaction, row: Record | None) -> Visit:
    if row is None:
        raise VisitNotFound
    tx.about(row["patient_id"])
    return _visit(row)


def _visit(row: Record) -> Visit:
    values = {name: row[name] for name in Visit.__slots__}
    values["state"] = VisitState(row["state"])
    values["equipment_ids"] = tuple(row["equipment_ids"])
    values["staff"] = {Role(role): UUID(person) for role, person in sorted(row["staff"].items())}
    return Visit(**values)
