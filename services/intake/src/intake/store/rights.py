"""Requests of patients about their record, and legal holds, at rest."""

from datetime import datetime
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion
from kairos_chassis.statements import statement
from kairos_events.uuid7 import uuid7
from sqlalchemy import bindparam, func, literal, null, select, update
from sqlalchemy.dialects.postgresql import JSONB

from intake.domain.record_errors import HeldAlready, RequestNotFound
from intake.domain.rights import RequestKind, RequestStatus, RightsRequest
from intake.store.record_tables import legal_hold, rights_request
from intake.store.tables import clinical_fact, dose_given, eligibility_decision, patient

_r, _h = rights_request.c, legal_hold.c
_BY_ID = select(rights_request).where(_r.id == bindparam("id"))
_FIND = statement(_BY_ID)
_LOCK = statement(_BY_ID.with_for_update())
_OF_PATIENT = statement(
    select(rights_request)
    .where(_r.patient_id == bindparam("patient_id"))
    .order_by(_r.requested_at, _r.id)
)
_SAVE = statement(
    update(rights_request)
    .where(_r.id == bindparam("of"), _r.version == bindparam("seen"))
    .values(
        status=bindparam("new_status"),
        settled_by=bindparam("settled_by"),
        settled_at=bindparam("settled_at"),
        settlement_reason=bindparam("settlement_reason"),
        version=bindparam("next"),
    )
)
_HELD = statement(
    select(_h.id).where(_h.patient_id == bindparam("patient_id"), _h.lifted_at.is_(None))
)
_LIFT = statement(
    update(legal_hold)
    .where(_h.patient_id == bindparam("whose"), _h.lifted_at.is_(None))
    .values(lifted_by=bindparam("by"), lifted_at=bindparam("at"))
)
_LAST_CARE = statement(
    select(
        func.greatest(
            select(patient.c.registered_at)
            .where(patient.c.id == bindparam("patient_id"))
            .scalar_subquery(),
            select(func.max(clinical_fact.c.recorded_at))
            .where(clinical_fact.c.patient_id == bindparam("patient_id"))
            .scalar_subquery(),
            select(func.max(dose_given.c.administered_at))
            .where(dose_given.c.patient_id == bindparam("patient_id"))
            .scalar_subquery(),
        ).label("at")
    )
)
_nothing = literal([], JSONB)
_ERASE_NOTES = statement(
    update(eligibility_decision)
    .where(eligibility_decision.c.patient_id == bindparam("whose"))
    .values(attestations=_nothing, overrides=_nothing)
)
_ERASE_DETAILS = statement(
    update(rights_request).where(_r.patient_id == bindparam("whose")).values(detail=null())
)


async def find(tx: Transaction, request_id: UUID) -> RightsRequest:
    """A request. Raises RequestNotFound."""
    return _one(tx, await tx.fetch_one(_FIND, id=request_id))


async def lock(tx: Transaction, request_id: UUID) -> RightsRequest:
    """A request, kept from everybody else until the commit. Raises RequestNotFound."""
    return _one(tx, await tx.fetch_one(_LOCK, id=request_id))


async def of_patient(tx: Transaction, patient_id: UUID) -> list[RightsRequest]:
    """All requests of a patient, by when they were made."""
    return [_request(row) for row in await tx.fetch(_OF_PATIENT, patient_id=patient_id)]


def add(tx: Transaction, made: RightsRequest) -> None:
    """Keep a new request."""
    tx.about(made.patient_id)
    tx.insert(
        rights_request,
        id=made.id,
        network_id=tx.network,
        patient_id=made.patient_id,
        kind=made.kind,
        detail=made.detail,
        status=made.status,
        requested_by=made.requested_by,
        requested_at=made.requested_at,
        version=made.version,
    )


def save(tx: Transaction, changed: RightsRequest) -> None:
    """Keep how it was settled. Raises StaleVersion at the flush if somebody was faster."""
    tx.write(
        _SAVE,
        otherwise=StaleVersion(),
        of=changed.id,
        seen=changed.version - 1,
        next=changed.version,
        new_status=changed.status,
        settled_by=changed.settled_by,
        settled_at=changed.settled_at,
        settlement_reason=changed.settlement_reason,
    )


async def held(tx: Transaction, patient_id: UUID) -> bool:
    """Whether the record is under a legal hold."""
    return await tx.fetch_one(_HELD, patient_id=patient_id) is not None


def hold(tx: Transaction, patient_id: UUID, *, reason: str, by: UUID) -> None:
    """Put it under one. Raises HeldAlready at the flush if it is."""
    tx.refuse_on("legal_hold_open", HeldAlready())
    tx.insert(
        legal_hold,
        id=uuid7(),
        network_id=tx.network,
        patient_id=patient_id,
        reason=reason,
        placed_by=by,
        placed_at=tx.now,
    )


def lift(tx: Transaction, patient_id: UUID, *, by: UUID) -> None:
    """End it. Raises HeldAlready at the flush if there is none."""
    tx.write(_LIFT, otherwise=HeldAlready(), whose=patient_id, by=by, at=tx.now)


async def last_care(tx: Transaction, patient_id: UUID) -> datetime:
    """When something was last recorded about the patient's care."""
    row = await tx.fetch_one(_LAST_CARE, patient_id=patient_id)
    assert row is not None
    at: datetime = row["at"]
    return at


def erase_words(tx: Transaction, patient_id: UUID) -> None:
    """Take away what was written in words about the patient."""
    tx.write(_ERASE_NOTES, whose=patient_id)
    tx.write(_ERASE_DETAILS, whose=patient_id)


def _one(tx: Transaction, row: Record | None) -> RightsRequest:
    if row is None:
        raise RequestNotFound
    tx.about(row["patient_id"])
    return _request(row)


def _request(row: Record) -> RightsRequest:
    return RightsRequest(
        id=row["id"],
        patient_id=row["patient_id"],
        kind=RequestKind(row["kind"]),
        detail=row["detail"],
        requested_by=row["requested_by"],
        requested_at=row["requested_at"],
        status=RequestStatus(row["status"]),
        settled_by=row["settled_by"],
        settled_at=row["settled_at"],
        settlement_reason=row["settlement_reason"],
        version=row["version"],
    )
