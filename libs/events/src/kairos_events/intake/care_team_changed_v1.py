"""Who cares for a patient has changed."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from kairos_events.fields import Instant, Version
from kairos_events.model import PublicEvent


class CareTeamChangedV1(
    PublicEvent, type="intake.care_team_changed.v1", topic="intake.events", key="patient_id"
):
    """Who cares for a patient has changed.

    Published when somebody joins or leaves the patient's care team. The other services let nobody
    else read what needs that relation.
    """

    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    team_version: Version
    """Counts the changes of this patient's team; the highest is the present one."""
    members: Annotated[tuple[UUID, ...], Field(max_length=200)]
    """Everybody in the team now: opaque ids of log-ins."""
    changed_at: Instant
    """When it changed."""
