"""Breaking the glass: a clinician reads a record they could not read otherwise, and answers for it.

It opens reads for treatment, of one patient, for a while, to the one who broke it; nothing that
changes anything, and nothing that is sealed. Every use is audited under the purpose BTG, and every
breaking waits in a queue until somebody else has judged it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from asyncpg import Record
from kairos_events.uuid7 import uuid7
from prometheus_client import Counter

from kairos_chassis import data
from kairos_chassis.auth import Caller
from kairos_chassis.db import Database, Transaction
from kairos_chassis.errors import Kind, Refusal
from kairos_chassis.policy import Policy
from kairos_chassis.statements import Statement
from kairos_chassis.trust_tables import break_glass, break_glass_review

PURPOSE: Final = "BTG"  # HL7 ActReason: break the glass
REVIEW_WITHIN: Final = timedelta(
    hours=data.read("retention_v2.toml")["break_glass"]["review_within_hours"]
)
GLASS_BROKEN: Final = Counter(
    "kairos_break_glass_opened", "Times the glass was broken: alert", ["reason"]
)
_log = structlog.get_logger(__name__)

_COLUMNS = (
    "g.id, g.subject, g.roles, g.patient_id, g.reason, g.opened_at, g.expires_at, "
    "r.reviewer, r.outcome, r.reviewed_at"
)
_JOIN = "FROM break_glass g LEFT JOIN break_glass_review r ON r.break_glass_id = g.id"
_FIND = Statement(f"SELECT {_COLUMNS} {_JOIN} WHERE g.id = $1::uuid", ("id",), {})
_PAGE = Statement(
    f"SELECT {_COLUMNS} {_JOIN} "
    "WHERE ($1::boolean IS NULL OR (r.break_glass_id IS NULL) = $1::boolean) "
    "AND ($2::timestamptz IS NULL OR (g.opened_at, g.id) > ($2::timestamptz, $3::uuid)) "
    "ORDER BY g.opened_at, g.id LIMIT $4::bigint",
    ("waiting", "after_at", "after_id", "limit"),
    {},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a broken glass opens, and to whom."""

    id: UUID
    patient_id: UUID


class NoSuchBreakGlass(Exception):
    """There is no such breaking of the glass."""

    slug = "break_glass_not_found"
    kind = Kind.NOT_FOUND


class AlreadyReviewed(Exception):
    """This breaking of the glass has been reviewed."""

    slug = "break_glass_reviewed"
    kind = Kind.CONFLICT


class OwnBreakGlass(Exception):
    """Nobody reviews the glass they broke themselves."""

    slug = "own_break_glass"
    kind = Kind.CONFLICT


def open_glass(
    tx: Transaction, caller: Caller, patient_id: UUID, reason: str, minutes: int
) -> Mapping[str, Any]:
    """Break the glass, and let everybody hear it."""
    row: dict[str, Any] = {
        "id": uuid7(),
        "subject": caller.subject,
        "roles": sorted(caller.roles),
        "patient_id": patient_id,
        "reason": reason,
        "opened_at": tx.now,
        "expires_at": tx.now + timedelta(minutes=minutes),
    }
    tx.about(patient_id)
    tx.insert(break_glass, network_id=tx.network, **row)
    tx.after_commit(lambda: _alert(reason))
    return {**row, "reviewer": None, "outcome": None, "reviewed_at": None}


def _alert(reason: str) -> None:
    GLASS_BROKEN.labels(reason).inc()
    _log.warning("glass_broken", reason=reason)


async def find(tx: Transaction, grant_id: UUID) -> Record:
    """One breaking of the glass. Raises NoSuchBreakGlass (404)."""
    row = await tx.fetch_one(_FIND, id=grant_id)
    if row is None:
        raise NoSuchBreakGlass
    return row


async def page(
    tx: Transaction, *, waiting: bool | None, after: list[Any] | None, limit: int
) -> list[Record]:
    """Breakings of the glass, the oldest first."""
    after_at = None if after is None else datetime.fromisoformat(after[0])
    after_id = None if after is None else UUID(after[1])
    return await tx.fetch(_PAGE, waiting=waiting, after_at=after_at, after_id=after_id, limit=limit)


async def review(tx: Transaction, grant_id: UUID, reviewer: UUID, outcome: str) -> None:
    """Judge a breaking of the glass, once. Raises NoSuchBreakGlass (404), OwnBreakGlass (409),
    AlreadyReviewed (409)."""
    row = await find(tx, grant_id)
    tx.about(row["patient_id"])
    if row["subject"] == reviewer:
        raise OwnBreakGlass
    tx.refuse_on("break_glass_review_pkey", AlreadyReviewed())
    tx.insert(
        break_glass_review,
        break_glass_id=grant_id,
        network_id=tx.network,
        reviewer=reviewer,
        outcome=outcome,
        reviewed_at=tx.now,
    )
    await tx.flush()


async def claim(db: Database, caller: Caller, policy: Policy, header: str, *, reads: bool) -> Grant:
    """The grant a request invokes. Raises Refusal (403) for one that opens nothing here."""
    if not reads or policy.sealed or policy.purpose != "TREAT":
        message = "Breaking the glass does not open this."
        raise Refusal("not_opened_by_break_glass", Kind.FORBIDDEN, message)
    refusal = Refusal("break_glass_not_valid", Kind.FORBIDDEN, "Break the glass anew.")
    try:
        grant_id = UUID(header)
    except ValueError:
        raise refusal from None
    async with db.transaction(caller.network_id) as tx:
        row = await tx.fetch_one(_FIND, id=grant_id)
        if row is None or row["subject"] != caller.subject or row["expires_at"] <= tx.now:
            raise refusal
    return Grant(id=grant_id, patient_id=row["patient_id"])


def admit(grant: Grant, patient_id: UUID | None) -> None:
    """Let an answer leave that is about the grant's patient. Raises Refusal (403) for another."""
    if patient_id != grant.patient_id:
        message = "The glass was broken for another patient."
        raise Refusal("break_glass_other_patient", Kind.FORBIDDEN, message)
