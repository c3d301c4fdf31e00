"""A practitioner works for the network, in these roles."""

from uuid import UUID

from kairos_events.fields import Codes, Instant
from kairos_events.model import PublicEvent


class PractitionerRegisteredV1(
    PublicEvent,
    type="scheduling.practitioner_registered.v1",
    topic="scheduling.events",
    key="practitioner_id",
):
    """A practitioner works for the network, in these roles.

    Published once, when scheduling registers the practitioner. Dosing learns who may act in which
    role.
    """

    practitioner_id: UUID
    """The practitioner: an opaque id."""
    roles: Codes
    """The roles held: open codes, e.g. `prescriber`, `nurse`."""
    registered_at: Instant
    """When the practitioner was registered."""
