"""What a service does by itself: the changes of its event handlers and timers, in the audit trail.

Who did it is the service's own identity, for the user whose act led to it, where one is known; the
request it belongs to is the event, or for a timer the thing it is about. Both go through here, and
nothing else runs a handler, so that none can be forgotten.
"""

from collections.abc import Awaitable
from typing import Final
from uuid import UUID, uuid5

from kairos_events.envelope import Envelope

from kairos_chassis import audit
from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction

_SERVICES: Final = UUID("6f0e0a4e-93a6-5c39-9a37-3c1b8c1f4a10")
PURPOSE: Final = "TREAT"


def identity_of(service: str) -> UUID:
    """The id under which a service acts by itself: the same in every network, for ever."""
    return uuid5(_SERVICES, service)


async def of_event(
    tx: Transaction,
    service: str,
    envelope: Envelope,
    work: Awaitable[None],
    *,
    patient_id: UUID | None = None,
) -> None:
    """Run a handler as the service, for whoever caused the event, and keep that it was done.

    `patient_id`: whom the event names, where the handler says nothing else.
    """
    tx.actor = envelope.actor
    await work
    tx.patient_id = tx.patient_id or patient_id
    _record(tx, service, f"event.{envelope.type}", f"event/{envelope.id}", envelope.id)


def event_refused(tx: Transaction, service: str, envelope: Envelope, slug: str) -> None:
    """Keep that the domain has answered an event with a refusal."""
    tx.actor = envelope.actor
    where = (f"event.{envelope.type}", f"event/{envelope.id}", envelope.id)
    _record(tx, service, *where, outcome="refused", reason=slug)


async def of_timer(
    tx: Transaction,
    service: str,
    kind: str,
    subject_id: UUID,
    work: Awaitable[None],
    *,
    patient_id: UUID | None = None,
) -> None:
    """Run what fell due as the service, for nobody, and keep that it was done."""
    await work
    tx.patient_id = tx.patient_id or patient_id
    _record(tx, service, f"timer.{kind}", f"timer/{subject_id}", subject_id)


def _record(
    tx: Transaction,
    service: str,
    action: str,
    resource: str,
    cause: UUID,
    outcome: audit.Outcome = "allowed",
    reason: str | None = None,
) -> None:
    caller = Caller(
        subject=identity_of(service),
        network_id=tx.network_id,
        roles=frozenset({"service"}),
        sites=None,
        expires_at=tx.now,
        acting_for=tx.actor,
    )
    act = audit.Act(
        action=action,
        purpose=PURPOSE,
        resource=resource,
        request_id=cause,
        source_address=None,
        caller=caller,
    )
    audit.record(tx, act, outcome, reason=reason)
