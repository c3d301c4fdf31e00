"""Clinical facts, as asked and answered."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Instant
from pydantic import Field, StringConstraints

from intake.domain.facts import Fact, Source

FactText = Annotated[str, StringConstraints(max_length=64)]
FactValue = bool | int | FactText | Annotated[list[Code], Field(max_length=100)] | None
"""Null: unknown. Decimals are text."""


class FactBody(Body):
    """One statement about the patient."""

    name: Code
    value: FactValue
    occurred_at: Instant
    source: Source


class FactsBody(Body):
    """What was found out together: kept whole or not at all."""

    facts: Annotated[list[FactBody], Field(min_length=1, max_length=50)]


class FactView(Answer):
    """A fact as recorded."""

    id: UUID
    name: str
    value: bool | int | str | list[str] | None
    occurred_at: Instant
    recorded_at: Instant
    recorded_by: UUID
    source: Source

    @classmethod
    def of(cls, fact: Fact) -> "FactView":
        """The view of a fact."""
        return cls(
            id=fact.id,
            name=fact.name,
            value=fact.value,
            occurred_at=fact.occurred_at,
            recorded_at=fact.recorded_at,
            recorded_by=fact.recorded_by,
            source=fact.source,
        )


class FactList(Answer):
    """Facts of one patient."""

    patient_id: UUID
    items: list[FactView]
