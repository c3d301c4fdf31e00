"""What goes along to the next preparation: intended, learned, promised."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from integration.domain.commitment import Commitment, CommitmentState
from integration.domain.therapy_session import SessionKind, TherapySession


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """One insight, and where it comes from."""

    words: str
    therapy_session_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What the next preparation shows."""

    intention: str | None
    intended_at: datetime | None
    goals: tuple[str, ...]
    insights: tuple[Learned, ...]
    commitments: tuple[Commitment, ...]


def carried(
    sessions: Sequence[TherapySession], commitments: Sequence[Commitment], *, insights_most: int
) -> Carried:
    """From a patient's sessions, the newest first, and commitments.

    The intention is the newest one that was set before a dose; insights are the newest ones.
    """
    prepared = [s for s in sessions if s.kind is SessionKind.PREPARATION]
    intended = next((s for s in prepared if s.record.get("intention")), None)
    aims = next((s for s in prepared if s.record.get("goals")), None)
    learned = [
        Learned(words=words, therapy_session_id=session.id, at=session.started_at)
        for session in sessions
        for words in session.insights
    ]
    return Carried(
        intention=None if intended is None else str(intended.record["intention"]),
        intended_at=None if intended is None else intended.started_at,
        goals=() if aims is None else tuple(aims.record["goals"]),
        insights=tuple(learned[:insights_most]),
        commitments=tuple(c for c in commitments if c.state is CommitmentState.ACTIVE),
    )
