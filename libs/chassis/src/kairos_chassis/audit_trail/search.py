"""Asking the audit trail of one network: who did what to whom, newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement

LIMIT: Final = 500

_SEARCH = Statement(
    "SELECT id, network_id, at, actor, actor_roles, acting_for, action, purpose, patient_id, "
    "resource, outcome, reason, request_id, source_address FROM audit_entry "
    "WHERE network_id = $1::uuid "
    "AND ($2::uuid IS NULL OR patient_id = $2::uuid) "
    "AND ($3::uuid IS NULL OR actor = $3::uuid OR acting_for = $3::uuid) "
    "AND ($4::text IS NULL OR action = $4::text) "
    "AND ($5::text IS NULL OR outcome = $5::text) "
    "AND ($6::timestamptz IS NULL OR at >= $6::timestamptz) "
    "AND ($7::timestamptz IS NULL OR at < $7::timestamptz) "
    "AND ($8::bigint IS NULL OR id < $8::bigint) "
    "ORDER BY id DESC LIMIT $9::bigint",
    ("network", "patient", "actor", "action", "outcome", "since", "until", "below", "limit"),
    {},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked for; None asks for any. `below` continues under that entry's id."""

    patient_id: UUID | None = None
    actor: UUID | None = None  # did it, or had it done by a service
    action: str | None = None
    outcome: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    below: int | None = None


async def search(tx: Transaction, question: Question, limit: int) -> list[Record]:
    """The entries of the transaction's network that answer the question, newest first."""
    asked: dict[str, Any] = {
        "network": tx.network,
        "patient": question.patient_id,
        "actor": question.actor,
        "action": question.action,
        "outcome": question.outcome,
        "since": question.since,
        "until": question.until,
        "below": question.below,
    }
    return await tx.fetch(_SEARCH, **asked, limit=min(limit, LIMIT))
