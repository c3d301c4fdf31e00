"""Alerts about credentials that end, at rest."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement, statement
from kairos_events.uuid7 import uuid7
from sqlalchemy import Integer, Uuid, bindparam, or_, select, tuple_
from sqlalchemy.types import DateTime

from scheduling.domain.practitioner import Credential
from scheduling.domain.resource_errors import ResourceNotFound
from scheduling.store.tables import credential_alert

_after_at = bindparam("after_at", type_=DateTime(timezone=True))
_OPEN = statement(
    select(credential_alert)
    .where(
        credential_alert.c.acknowledged_at.is_(None),
        or_(
            _after_at.is_(None),
            tuple_(credential_alert.c.raised_at, credential_alert.c.id)
            > tuple_(_after_at, bindparam("after_id", type_=Uuid)),
        ),
    )
    .order_by(credential_alert.c.raised_at, credential_alert.c.id)
    .limit(bindparam("limit", type_=Integer))
)
_ACKNOWLEDGE = Statement(
    "UPDATE credential_alert SET acknowledged_by = $2, acknowledged_at = $3 "
    "WHERE id = $1 AND acknowledged_at IS NULL RETURNING *",
    ("id", "by", "at"),
    {},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialAlert:
    """A credential ends soon; somebody has to see to it."""

    id: UUID
    credential_id: UUID
    practitioner_id: UUID
    days_left: int
    expires_on: date
    raised_at: datetime
    acknowledged_by: UUID | None
    acknowledged_at: datetime | None


def add(tx: Transaction, credential: Credential, *, days_left: int) -> None:
    """Raise an alert."""
    tx.insert(
        credential_alert,
        id=uuid7(),
        network_id=tx.network,
        credential_id=credential.id,
        practitioner_id=credential.practitioner_id,
        days_left=days_left,
        expires_on=credential.expires_on,
        raised_at=tx.now,
    )


async def page(tx: Transaction, *, after: list[str] | None, limit: int) -> list[CredentialAlert]:
    """Alerts nobody has acknowledged, the oldest first."""
    rows = await tx.fetch(
        _OPEN,
        after_at=None if after is None else datetime.fromisoformat(after[0]),
        after_id=None if after is None else UUID(after[1]),
        limit=limit,
    )
    return [_alert(dict(row)) for row in rows]


async def acknowledge(tx: Transaction, alert_id: UUID, *, by: UUID) -> CredentialAlert:
    """Somebody sees to it. Raises ResourceNotFound."""
    row = await tx.fetch_one(_ACKNOWLEDGE, id=alert_id, by=by, at=tx.now)
    if row is None:
        raise ResourceNotFound
    return _alert(dict(row))


def _alert(values: dict[str, object]) -> CredentialAlert:
    del values["network_id"]
    return CredentialAlert(**values)  # type: ignore[arg-type]
