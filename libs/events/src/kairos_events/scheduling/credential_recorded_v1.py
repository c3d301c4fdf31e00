"""A practitioner's credential was recorded, verified anew or suspended."""

from enum import StrEnum
from uuid import UUID

from kairos_events.fields import Code, Day, Instant, StateCode
from kairos_events.model import PublicEvent


class CredentialStatus(StrEnum):
    """Whether a credential may be relied on. Closed."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class CredentialRecordedV1(
    PublicEvent,
    type="scheduling.credential_recorded.v1",
    topic="scheduling.events",
    key="practitioner_id",
):
    """A practitioner's credential was recorded, verified anew or suspended.

    Published with every new version of a credential; the latest one holds. Dosing checks by it who
    may prescribe, administer and witness at that moment.
    """

    credential_id: UUID
    """The credential; later versions keep it."""
    practitioner_id: UUID
    """The practitioner: an opaque id."""
    kind: Code
    """What it is: an open code, e.g. `medical_licence`, `dea_registration`."""
    state: StateCode | None
    """The state it is valid in; null when it is not bound to one."""
    issued_on: Day
    """First day of validity."""
    expires_on: Day
    """Last day of validity."""
    status: CredentialStatus
    """Whether it may be relied on; a suspended one may not, whatever its dates."""
    recorded_at: Instant
    """When this version was recorded."""
