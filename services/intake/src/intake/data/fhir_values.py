"""What one FHIR resource came to, and the small pieces that resources are made of."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from intake.domain.facts import Value
from intake.domain.outside import OutsideKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A questionnaire that was filled in elsewhere, in our items and values."""

    instrument: str
    instrument_version: str
    answers: Mapping[str, int]
    unread: tuple[str, ...]  # link ids of what was answered and is not understood
    finished: bool  # whoever filled it in was done


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one resource came to: statements, or a reason why there are none."""

    resource: str  # `Condition/abc`
    outcome: str  # mapped, conflicting, ignored
    reason: str | None = None
    facts: Mapping[str, Value] = field(default_factory=dict)
    adds: Mapping[str, str] = field(default_factory=dict)  # a code to a list
    occurred_at: datetime | None = None
    response: Response | None = None
    outside: OutsideKind | None = None  # kept whole, for a person to look at
    person: Mapping[str, Any] | None = None  # who the patient is, as stated there


class UnreadError(ValueError):
    """Why a resource becomes nothing."""


def codes_of(concept: Any) -> Iterator[str]:
    """The codes of a CodeableConcept, in their order; none where it is something else."""
    codings = concept.get("coding") if isinstance(concept, dict) else None
    for coding in codings if isinstance(codings, list) else []:
        if isinstance(coding, dict) and isinstance(coding.get("code"), str):
            yield coding["code"]


def instant_of(text: Any) -> datetime | None:
    """An instant; of a date its beginning, UTC. Anything else says nothing about when."""
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text if len(text) > 7 else f"{text}-01")
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def objects_of(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; none where it is something else."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
