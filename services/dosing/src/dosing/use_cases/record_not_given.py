"""Chart that an ordered dose, or the rest of it, was not given."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing.domain.dose import check_administered_at
from dosing.domain.errors import OrderNotActive
from dosing.domain.order import check_decimals
from dosing.store import notes, orders, protocols, sessions


class NotGivenReason(StrEnum):
    """Why drug was not given (a local set: R4's was not found at its path)."""

    PATIENT_DECLINED = "patient_declined"
    VITAL_SIGNS = "vital_signs"
    ADVERSE_EVENT = "adverse_event"
    SPAT_OUT = "spat_out"
    DEVICE_FAILED = "device_failed"
    DRUG_UNAVAILABLE = "drug_unavailable"
    CLEARANCE_WITHDRAWN = "clearance_withdrawn"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordNotGiven:
    """How much of the order was not given, and why."""

    session_id: UUID
    amount_mg: Decimal  # of base, > 0, at most 3 decimals
    reason: NotGivenReason
    occurred_at: datetime  # aware, UTC
    by: Caller


async def record_not_given(command: RecordNotGiven, tx: Transaction) -> UUID:
    """Keep it. What was drawn for it is wasted or returned. Returns its id.

    Raises SessionNotFound (404), OrderNotActive, SessionOver (409), ImpossibleAmount,
    ImpossibleTime (422).
    """
    check_decimals(command.amount_mg)
    session = await sessions.lock(tx, command.session_id)
    admit_site(command.by, session.site_id)
    session.check_open()
    order = await orders.latest_of(tx, session.id)
    if order is None:
        raise OrderNotActive
    protocol = await protocols.pinned(tx, session)
    check_administered_at(command.occurred_at, protocol.charting, tx.now)
    not_given_id = uuid7()
    notes.add_not_given(
        tx,
        not_given_id,
        session,
        order.id,
        amount_mg=command.amount_mg,
        reason=command.reason.value,
        by=command.by.subject,
        occurred_at=command.occurred_at,
    )
    return not_given_id
