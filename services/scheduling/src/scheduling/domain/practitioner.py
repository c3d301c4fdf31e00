"""Who may take part in visits, in which roles, and what proves it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from scheduling.domain.errors import CredentialDates, CredentialState, CredentialSuspended
from scheduling.domain.resource_errors import CredentialActive


class Role(StrEnum):
    """What somebody does in a visit."""

    PRESCRIBER = "prescriber"
    NURSE = "nurse"
    THERAPIST = "therapist"


class Status(StrEnum):
    """Whether a credential may be relied on."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class Fault(StrEnum):
    """Why a credential does not do on a day."""

    MISSING = "missing"
    NOT_YET_VALID = "not_yet_valid"
    LAPSED = "lapsed"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """One version of a licence, registration or training card. Later versions keep its id."""

    id: UUID
    practitioner_id: UUID
    version: int
    kind: str
    number: str
    issuer: str
    state: str | None  # USPS two-letter code; None where it holds everywhere
    issued_on: date  # first day of validity
    expires_on: date  # last day of validity
    status: Status
    recorded_at: datetime
    verified_at: datetime | None = None  # with its source, last time
    verified_by: UUID | None = None
    verified_source: str | None = None  # a code, e.g. state_board, nursys, npdb

    def check(self, *, bound_to_state: bool) -> None:
        """Raises CredentialState, CredentialDates."""
        if bound_to_state != (self.state is not None):
            raise CredentialState
        if self.issued_on > self.expires_on:
            raise CredentialDates

    def check_status(self, *, suspended: bool) -> None:
        """Raises CredentialActive, CredentialSuspended where it is the other."""
        if suspended and self.status is not Status.SUSPENDED:
            raise CredentialActive
        if not suspended and self.status is Status.SUSPENDED:
            raise CredentialSuspended

    def suspend(self, *, at: datetime) -> "Credential":
        """The next version: not to be relied on. Raises CredentialSuspended."""
        if self.status is Status.SUSPENDED:
            raise CredentialSuspended
        return replace(self, version=self.version + 1, status=Status.SUSPENDED, recorded_at=at)

    def fault_on(self, day: date) -> Fault | None:
        """Why it does not do on that day; None if it does. Valid through its last day."""
        if self.status is Status.SUSPENDED:
            return Fault.SUSPENDED
        if day > self.expires_on:
            return Fault.LAPSED
        return Fault.NOT_YET_VALID if day < self.issued_on else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Practitioner:
    """A member of staff. `id` is the subject of their access token."""

    id: UUID
    display_name: str
    roles: frozenset[Role]
    registered_at: datetime
    credentials: tuple[Credential, ...] = ()  # the latest version of each
    languages: frozenset[str] = frozenset()  # ISO 639-1 codes
    modalities: frozenset[str] = frozenset()  # codes, e.g. somatic, ifs

    def fault_of(self, kind: str, *, state: str, on: date) -> Fault | None:
        """Why this person lacks that credential in that state on that day; None if they do not.

        One good credential of the kind is enough; where there is none, the worst fault is named:
        a suspension before a lapse.
        """
        return _worst(
            one.fault_on(on)
            for one in self.credentials
            if one.kind == kind and one.state in (None, state)
        )


def _worst(faults: Iterable[Fault | None]) -> Fault | None:
    found = set(faults)
    if not found:
        return Fault.MISSING
    if None in found:
        return None
    order = (Fault.SUSPENDED, Fault.LAPSED, Fault.NOT_YET_VALID)
    return next(fault for fault in order if fault in found)
