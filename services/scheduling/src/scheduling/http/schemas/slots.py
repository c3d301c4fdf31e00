"""Free slots on the wire."""

from uuid import UUID

from kairos_chassis.http.schemas import Answer
from kairos_events.fields import Instant
from pydantic import Field

from scheduling.store.slots import FreeSlot


class SlotView(Answer):
    """A free start at a site."""

    site_id: UUID
    starts_at: Instant
    choices: dict[str, list[UUID]] = Field(
        description="who or what is free for it: by role, `room`, or kind of equipment; one of"
        " `emergency_lead`, where it is named, has to be in the team"
    )
    familiar: list[UUID] = Field(description="therapists among them whom the patient knows")

    @classmethod
    def of(cls, slot: FreeSlot) -> "SlotView":
        """The view of a free slot."""
        return cls(
            site_id=slot.site_id,
            starts_at=slot.starts_at,
            choices=slot.choices,
            familiar=list(slot.familiar),
        )


class SlotList(Answer):
    """Free slots in order of time."""

    items: list[SlotView]
