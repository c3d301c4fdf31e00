"""Who the patient is. Identity lives here and nowhere else on the platform."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from intake.domain.errors import ImpossibleBirthDate

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
    version: int = 1

    def check_birth(self, today: date) -> None:
        """Raises ImpossibleBirthDate."""
        if self.born_on > today or age_years(self.born_on, today) > _OLDEST_YEARS:
            raise ImpossibleBirthDate

    def changed(self, *, phone: str | None, preferred_language: str) -> "Patient":
        """The patient with other contact data."""
        return replace(
            self, phone=phone, preferred_language=preferred_language, version=self.version + 1
        )


def age_years(born_on: date, today: date) -> int:
    """Completed years of age; who is born on 29 February turns older on 1 March."""
    before_birthday = (today.month, today.day) < (born_on.month, born_on.day)
    return today.year - born_on.year - before_birthday
