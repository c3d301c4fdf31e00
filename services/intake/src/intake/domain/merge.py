"""Two records of one person: linked, never mixed, so that they can be parted again."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """The merged record ends until it is unmerged; what it holds counts for the surviving one."""

    id: UUID
    surviving_patient_id: UUID
    merged_patient_id: UUID
    reason: str
    merged_by: UUID
    merged_at: datetime
    unmerge_reason: str | None = None
    unmerged_by: UUID | None = None
    unmerged_at: datetime | None = None

    def part(self, *, by: UUID, at: datetime, reason: str) -> "Merge":
        """The two, parted."""
        return replace(self, unmerge_reason=reason, unmerged_by=by, unmerged_at=at)
