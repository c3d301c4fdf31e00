"""A practitioner's credential is past its last day."""

from uuid import UUID

from kairos_events.fields import Code, Day, Instant, StateCode
from kairos_events.model import PublicEvent


class CredentialLapsedV1(
    PublicEvent,
    type="scheduling.credential_lapsed.v1",
    topic="scheduling.events",
    key="practitioner_id",
):
    """A practitioner's credential is past its last day.

    Published at midnight in the issuing state's time zone after its last day; from then on it may
    not be relied on. Dosing refuses acts that need it; scheduling re-plans the visits it breaks.
    """

    credential_id: UUID
    """The credential."""
    practitioner_id: UUID
    """The practitioner: an opaque id."""
    kind: Code
    """What it is: an open code, e.g. `medical_licence`, `dea_registration`."""
    state: StateCode | None
    """The state it was valid in; null when it was not bound to one."""
    expires_on: Day
    """Its last day of validity."""
    lapsed_at: Instant
    """When it ceased to hold."""
