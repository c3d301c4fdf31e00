"""Who takes part in a visit."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from kairos_events.fields import Code
from kairos_events.model import EventModel


class StaffMember(EventModel):
    """One practitioner's part in a visit."""

    practitioner_id: UUID
    """The practitioner: an opaque id."""
    role: Code
    """The role taken in this visit: an open code, e.g. `nurse`."""


Staff = Annotated[tuple[StaffMember, ...], Field(max_length=32)]
"""Everyone who takes part in a visit."""
