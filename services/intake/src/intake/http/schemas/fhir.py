"""Imports and FHIR resources, as answered."""

from typing import Any, Literal
from uuid import UUID

from kairos_chassis.http.schemas import Answer
from kairos_events.fields import Instant
from pydantic import ConfigDict, Field, RootModel


class ImportLine(Answer):
    """What became of one resource: mapped to facts, an assessment or an outside record; conflicting
    with the record, and kept; known from an import before; ignored, for the reason given. `noted`
    stands in reports of earlier versions only. `about`: what differs, or was not understood."""

    resource: str
    outcome: Literal["mapped", "conflicting", "known", "noted", "ignored"]
    reason: str | None
    facts: list[str]
    about: list[str] = Field(default_factory=list)


class ImportReport(Answer):
    """Everything that was in a bundle, resource by resource."""

    id: UUID
    imported_at: Instant
    imported_by: UUID
    resources: int
    facts: int
    assessments: int = 0
    outside_records: int = 0
    counts: dict[str, int]
    lines: list[ImportLine]


class ImportList(Answer):
    """All reports of a patient."""

    items: list[ImportReport]


class FhirResource(RootModel[dict[str, Any]]):
    """A FHIR R4 resource."""

    model_config = ConfigDict(frozen=True)
