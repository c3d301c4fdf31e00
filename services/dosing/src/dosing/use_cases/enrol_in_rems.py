"""Record that a patient or a site joins the SPRAVATO REMS, or leaves it."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from dosing.store import rems
from dosing.store.rems import Enrolment


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolInRems:
    """As the programme has confirmed it."""

    subject_kind: Literal["patient", "site"]
    subject_id: UUID
    status: Literal["enrolled", "ended"]
    reference: str  # the programme's number
    by: Caller


async def enrol_in_rems(command: EnrolInRems, tx: Transaction) -> Enrolment:
    """Keep it: the newest record counts at the gate."""
    enrolment = Enrolment(
        id=uuid7(),
        subject_kind=command.subject_kind,
        subject_id=command.subject_id,
        status=command.status,
        reference=command.reference,
        recorded_by=command.by.subject,
        recorded_at=tx.now,
    )
    rems.add_enrolment(tx, enrolment)
    return enrolment
