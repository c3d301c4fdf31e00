"""Alerts, their acknowledgements and the end of further drug, at rest. Rows are only ever added."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import Uuid, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from dosing.domain.alerts import Alert, AlertAction
from dosing.domain.care_errors import AlertAcknowledged, AlertNotFound
from dosing.store import records
from dosing.store.care_tables import alert, alert_acknowledgement, drug_stop

_ADD = statement(
    insert(alert)
    .values({column: bindparam(column.name) for column in alert.c})
    .on_conflict_do_nothing(constraint="alert_once_key")
    .returning(alert.c.id)
)
_STOP = statement(
    insert(drug_stop)
    .values({column: bindparam(column.name) for column in drug_stop.c})
    .on_conflict_do_nothing()
    .returning(drug_stop.c.session_id)
)
_ANSWERED = select(
    alert, alert_acknowledgement.c.action, alert_acknowledgement.c.acknowledged_by
).outerjoin(alert_acknowledgement)
_FIND = statement(_ANSWERED.where(alert.c.id == bindparam("id")))
_OF_SESSION = statement(
    _ANSWERED.where(alert.c.session_id == bindparam("session_id")).order_by(alert.c.id)
)
_SITES = bindparam("sites", type_=ARRAY(Uuid))
_OPEN = statement(
    _ANSWERED.where(
        alert_acknowledgement.c.alert_id.is_(None),
        or_(_SITES.is_(None), alert.c.site_id == any_(_SITES)),
    )
    .order_by(alert.c.id.desc())
    .limit(200)
)
_STOP_OF = statement(select(drug_stop).where(drug_stop.c.session_id == bindparam("session_id")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An alert with who acknowledged it, if anybody did."""

    alert: Alert
    action: AlertAction | None
    acknowledged_by: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugStop:
    """No more drug in this session."""

    session_id: UUID
    patient_id: UUID
    reason: str
    automatic: bool
    stopped_by: UUID | None
    stopped_at: datetime


async def add(tx: Transaction, raised: Alert) -> bool:
    """Keep an alert. False where the same source has raised it before."""
    added = await tx.fetch_one(
        _ADD,
        id=raised.id,
        network_id=tx.network,
        session_id=raised.session_id,
        patient_id=raised.patient_id,
        site_id=raised.site_id,
        code=raised.code,
        severity=raised.severity.value,
        stops_drug=raised.stops_drug,
        source_id=raised.source_id,
        raised_at=raised.raised_at,
    )
    return added is not None


async def find(tx: Transaction, alert_id: UUID) -> Answered:
    """One alert. Raises AlertNotFound."""
    row = await tx.fetch_one(_FIND, id=alert_id)
    if row is None:
        raise AlertNotFound
    tx.about(row["patient_id"])
    return records.read(Answered, row, alert=records.read(Alert, row))


async def of_session(tx: Transaction, session_id: UUID) -> list[Answered]:
    """A session's alerts, oldest first."""
    rows = await tx.fetch(_OF_SESSION, session_id=session_id)
    return [records.read(Answered, row, alert=records.read(Alert, row)) for row in rows]


async def unanswered(tx: Transaction, sites: Sequence[UUID] | None) -> list[Answered]:
    """The newest alerts of these sites (None: all) that nobody has acknowledged."""
    rows = await tx.fetch(_OPEN, sites=sites)
    return [records.read(Answered, row, alert=records.read(Alert, row)) for row in rows]


def acknowledge(tx: Transaction, alert_id: UUID, action: AlertAction, by: UUID) -> None:
    """Keep what was decided. Raises AlertAcknowledged at the flush if somebody was faster."""
    tx.refuse_on("alert_acknowledgement_pkey", AlertAcknowledged())
    tx.insert(
        alert_acknowledgement,
        alert_id=alert_id,
        network_id=tx.network,
        action=action.value,
        acknowledged_by=by,
        acknowledged_at=tx.now,
    )


async def stop_drug(tx: Transaction, stop: DrugStop) -> bool:
    """Keep that no more drug is given. False where that was so before."""
    added = await tx.fetch_one(
        _STOP,
        session_id=stop.session_id,
        network_id=tx.network,
        patient_id=stop.patient_id,
        reason=stop.reason,
        automatic=stop.automatic,
        stopped_by=stop.stopped_by,
        stopped_at=stop.stopped_at,
    )
    return added is not None


async def stop_of(tx: Transaction, session_id: UUID) -> DrugStop | None:
    """Whether and why no more drug is given."""
    row = await tx.fetch_one(_STOP_OF, session_id=session_id)
    return None if row is None else records.read(DrugStop, row)
