"""Practitioners and credentials on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Day, Instant, StateCode
from pydantic import Field, StringConstraints

from scheduling.data import credential_policy
from scheduling.domain.practitioner import Credential, Practitioner, Role, Status
from scheduling.http.schemas.sites import Name

Number = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]


class PractitionerBody(Body):
    """A member of staff."""

    practitioner_id: UUID = Field(description="the subject of their access token")
    display_name: Name
    roles: Annotated[list[Role], Field(min_length=1, max_length=len(Role))]


class PractitionerView(Answer):
    """A member of staff."""

    id: UUID
    display_name: str
    roles: list[Role]
    registered_at: Instant

    @classmethod
    def of(cls, practitioner: Practitioner) -> "PractitionerView":
        """The view of a practitioner."""
        return cls(
            id=practitioner.id,
            display_name=practitioner.display_name,
            roles=sorted(practitioner.roles),
            registered_at=practitioner.registered_at,
        )


class PractitionerPage(Answer):
    """Practitioners by id."""

    items: list[PractitionerView]
    next_cursor: str | None


class CredentialBody(Body):
    """What a licence, registration or training card says."""

    kind: Code
    number: Number
    issuer: Name
    state: StateCode | None = Field(default=None, description="null where it holds everywhere")
    issued_on: Day
    expires_on: Day = Field(description="the last day it holds")


class CredentialView(Answer):
    """The latest version of a credential."""

    id: UUID
    practitioner_id: UUID
    version: int
    kind: str
    number: str
    issuer: str
    state: str | None
    issued_on: Day
    expires_on: Day
    status: Status
    recorded_at: Instant
    verified_at: Instant | None
    verified_by: UUID | None
    verified_source: str | None
    must_be_verified: bool = Field(description="the last verification is too old, or there is none")

    @classmethod
    def of(cls, credential: Credential, *, at: datetime | None = None) -> "CredentialView":
        """The view of a credential, at that moment or when it was recorded."""
        moment = at or credential.recorded_at
        return cls(
            id=credential.id,
            practitioner_id=credential.practitioner_id,
            version=credential.version,
            kind=credential.kind,
            number=credential.number,
            issuer=credential.issuer,
            state=credential.state,
            issued_on=credential.issued_on,
            expires_on=credential.expires_on,
            status=credential.status,
            recorded_at=credential.recorded_at,
            verified_at=credential.verified_at,
            verified_by=credential.verified_by,
            verified_source=credential.verified_source,
            must_be_verified=credential_policy().must_be_verified(
                credential.verified_at, at=moment
            ),
        )


class CredentialList(Answer):
    """A practitioner's credentials, the latest version of each."""

    items: list[CredentialView]
