"""Who the patient is. Identity lives here and nowhere else on the platform."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from intake.domain.errors import ImpossibleBirthDate

ERASED: Final = "erased"
_OLDEST_YEARS = 130  # a bound of the form against typing errors; no clinical meaning


class SexAtBirth(StrEnum):
    """As recorded at birth."""

    FEMALE = "female"
    MALE = "male"
    UNKNOWN = "unknown"


class AdministrativeGender(StrEnum):
    """FHIR R4 administrative-gender."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """A person in one network."""

    id: UUID
    given_name: str
    family_name: str
    born_on: date
    sex_at_birth: SexAtBirth
    administrative_gender: AdministrativeGender
    phone: str | None
    preferred_language: str  # BCP 47
    zone: str  # IANA
    registered_at: datetime
    home_site_id: UUID | None = None  # where the patient is treated as a rule
    state: str | None = None  # of residence, USPS code
    erased_at: datetime | None = None
    version: int = 1

    def check_birth(self, today: date) -> None:
        """Raises ImpossibleBirthDate."""
        if self.born_on > today or age_years(self.born_on, today) > _OLDEST_YEARS:
            raise ImpossibleBirthDate

    def changed(self, **changes: Any) -> "Patient":
        """The patient with other data, of the fields that a form names."""
        return replace(self, **changes, version=self.version + 1)

    def erased(self, at: datetime) -> "Patient":
        """The patient without anything that says who it is. The year of birth stays, and what the
        coded facts need to be read."""
        return replace(
            self,
            given_name=ERASED,
            family_name=ERASED,
            born_on=self.born_on.replace(month=1, day=1),
            phone=None,
            state=None,
            erased_at=at,
            version=self.version + 1,
        )


def age_years(born_on: date, today: date) -> int:
    """Completed years of age; who is born on 29 February turns older on 1 March."""
    before_birthday = (today.month, today.day) < (born_on.month, born_on.day)
    return today.year - born_on.year - before_birthday
