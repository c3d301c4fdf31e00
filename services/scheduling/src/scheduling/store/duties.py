"""What is owed after doses, at rest."""

from datetime import datetime
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement, statement
from sqlalchemy import Integer, Uuid, any_, bindparam, or_, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import DateTime

from scheduling.domain.integration_duty import DutyState, IntegrationDuty
from scheduling.domain.plan_errors import BreachNotFound
from scheduling.store.tables import integration_duty

_BY_SESSION = statement(
    select(integration_duty)
    .where(integration_duty.c.session_id == bindparam("session_id"))
    .with_for_update()
)
_BY_BREACH = statement(
    select(integration_duty)
    .where(integration_duty.c.breach_id == bindparam("breach_id"))
    .with_for_update()
)
_UNSETTLED = statement(
    select(integration_duty)
    .where(
        integration_duty.c.patient_id == any_(bindparam("patients", type_=ARRAY(Uuid))),
        integration_duty.c.settled_at.is_(None),
    )
    .order_by(integration_duty.c.session_id)
    .with_for_update()
)
_COLUMNS = tuple(IntegrationDuty.__slots__)
_SAVE = Statement(
    f"INSERT INTO integration_duty (network_id, {', '.join(_COLUMNS)}) "  # noqa: S608 - our names
    f"VALUES ({', '.join(f'${n}' for n in range(1, len(_COLUMNS) + 2))}) "
    "ON CONFLICT (network_id, session_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name != "session_id"),
    ("network_id", *_COLUMNS),
    {},
)
_site_id = bindparam("site_id", type_=Uuid)
_owner_id = bindparam("owner_id", type_=Uuid)
_after_at = bindparam("after_at", type_=DateTime(timezone=True))
_PAGE = statement(
    select(integration_duty)
    .where(
        integration_duty.c.state == "breached",
        or_(_site_id.is_(None), integration_duty.c.site_id == _site_id),
        or_(_owner_id.is_(None), integration_duty.c.owner_id == _owner_id),
        or_(
            _after_at.is_(None),
            tuple_(integration_duty.c.breached_at, integration_duty.c.session_id)
            > tuple_(_after_at, bindparam("after_id", type_=Uuid)),
        ),
    )
    .order_by(integration_duty.c.breached_at, integration_duty.c.session_id)
    .limit(bindparam("limit", type_=Integer))
)


async def lock(tx: Transaction, session_id: UUID) -> IntegrationDuty | None:
    """What a session leaves to be done, if it is known."""
    row = await tx.fetch_one(_BY_SESSION, session_id=session_id)
    return None if row is None else _duty(row)


async def lock_breach(tx: Transaction, breach_id: UUID) -> IntegrationDuty:
    """The duty behind a breach. Raises BreachNotFound."""
    row = await tx.fetch_one(_BY_BREACH, breach_id=breach_id)
    if row is None:
        raise BreachNotFound
    tx.about(row["patient_id"])
    return _duty(row)


async def lock_unsettled(tx: Transaction, patients: list[UUID]) -> list[IntegrationDuty]:
    """What the sessions of a person, under each of their records, leave to be done."""
    return [_duty(row) for row in await tx.fetch(_UNSETTLED, patients=patients)]


async def save(tx: Transaction, duty: IntegrationDuty) -> None:
    """Keep it, new or changed."""
    values = {name: getattr(duty, name) for name in _COLUMNS}
    await tx.execute(_SAVE, network_id=tx.network, **values)


async def page(
    tx: Transaction,
    *,
    site_id: UUID | None,
    owner_id: UUID | None,
    after: list[str] | None,
    limit: int,
) -> list[IntegrationDuty]:
    """Open breaches, the longest open first."""
    rows = await tx.fetch(
        _PAGE,
        site_id=site_id,
        owner_id=owner_id,
        after_at=None if after is None else datetime.fromisoformat(after[0]),
        after_id=None if after is None else UUID(after[1]),
        limit=limit,
    )
    return [_duty(row) for row in rows]


def _duty(row: Record) -> IntegrationDuty:
    values = {name: row[name] for name in _COLUMNS}
    return IntegrationDuty(**{**values, "state": DutyState(row["state"])})
