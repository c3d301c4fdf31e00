"""Imports and FHIR resources, as answered."""

from typing import Any, Literal
from uuid import UUID

from kairos_chassis.http.schemas import Answer
from kairos_events.fields import Instant
from pydantic import ConfigDict, RootModel


class ImportLine(Answer):
    """What became of one resource: mapped to facts; conflicting with the record, and mapped;
    known from an import before; noted for a person to read; ignored, for the reason given."""

    resource: str
    outcome: Literal["mapped", "conflicting", "known", "noted", "ignored"]
    reason: str | None
    facts: list[str]


class ImportReport(Answer):
    """Everything that was in a bundle, resource by resource."""

    id: UUID
    imported_at: Instant
    imported_by: UUID
    resources: int
    facts: int
    counts: dict[str, int]
    lines: list[ImportLine]


class ImportList(Answer):
    """All reports of a patient."""

    items: list[ImportReport]


class FhirResource(RootModel[dict[str, Any]]):
    """A FHIR R4 resource."""

    model_config = ConfigDict(frozen=True)
