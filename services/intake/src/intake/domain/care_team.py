"""Who cares for a patient: whoever reads what needs that relation has to be in the team."""

from dataclasses import dataclass
from uuid import UUID

from intake.domain.record_errors import TeamTooLarge

MOST_MEMBERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CareTeam:
    """A patient's team; `version` counts its changes, 0 before it was ever named."""

    patient_id: UUID
    version: int = 0
    members: frozenset[UUID] = frozenset()

    def change(self, *, joins: frozenset[UUID], leaves: frozenset[UUID]) -> "CareTeam":
        """The team after a change; the same one where nothing changes. Raises TeamTooLarge.

        Who joins and leaves at once leaves: of two orders the one that shows less.
        """
        members = (self.members | joins) - leaves
        if len(members) > MOST_MEMBERS:
            raise TeamTooLarge
        if members == self.members and self.version:
            return self
        return CareTeam(patient_id=self.patient_id, version=self.version + 1, members=members)
