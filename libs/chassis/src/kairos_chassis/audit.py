"""The audit trail: one row for every read, change and refusal, written before the answer leaves."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.tables import audit_entry

Outcome = Literal["allowed", "refused", "failed"]


@dataclass(slots=True, kw_only=True)
class Act:
    """What somebody set out to do; `caller` is filled in once it is known."""

    action: str
    purpose: str
    resource: str  # the route's template, with ids; never a query string or a body
    request_id: UUID
    source_address: str | None
    caller: Caller | None


def record(
    tx: Transaction,
    act: Act,
    outcome: Outcome,
    *,
    patient_id: UUID | None = None,
    reason: str | None = None,
) -> None:
    """Queue an audit row in this transaction. `reason` is a slug, never a text with data."""
    caller = act.caller
    tx.insert(
        audit_entry,
        network_id=tx.network_id,
        at=tx.now,
        actor=None if caller is None else caller.subject,
        actor_roles=[] if caller is None else sorted(caller.roles),
        acting_for=None if caller is None else caller.acting_for,
        action=act.action,
        purpose=act.purpose,
        patient_id=patient_id if patient_id is not None else tx.patient_id,
        resource=act.resource,
        outcome=outcome,
        reason=reason,
        request_id=act.request_id,
        source_address=act.source_address,
    )
