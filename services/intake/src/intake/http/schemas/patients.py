"""Patients, as asked and answered."""

from typing import Annotated, Any
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Day, Instant, StateCode
from pydantic import Field

from intake.domain.patient import AdministrativeGender, Patient, SexAtBirth
from intake.http.schemas.texts import Language, Name, Phone, Zone


class PatientBody(Body):
    """Who the patient is."""

    given_name: Name
    family_name: Name
    born_on: Day
    sex_at_birth: SexAtBirth
    administrative_gender: AdministrativeGender
    phone: Phone | None = None
    preferred_language: Language
    zone: Zone
    home_site_id: UUID | None = None
    state: StateCode | None = None
    other_than: Annotated[list[UUID], Field(max_length=100)] = Field(
        default_factory=list, description="probable matches somebody has looked at"
    )
    other_than_reason: Code | None = Field(
        default=None, description="why this is somebody else, from the network's policy"
    )


class PatientChangeBody(Body):
    """What changes; what is not named stays. A phone, site or state of null is removed."""

    given_name: Name | None = None
    family_name: Name | None = None
    born_on: Day | None = None
    sex_at_birth: SexAtBirth | None = None
    administrative_gender: AdministrativeGender | None = None
    phone: Phone | None = None
    preferred_language: Language | None = None
    zone: Zone | None = None
    home_site_id: UUID | None = None
    state: StateCode | None = None

    @property
    def changes(self) -> dict[str, Any]:
        """What is named; null removes what may be absent, and keeps what may not."""
        removable = ("phone", "home_site_id", "state")
        given = {name: getattr(self, name) for name in self.model_fields_set}
        return {n: v for n, v in given.items() if v is not None or n in removable}


class PatientView(Answer):
    """A patient."""

    id: UUID
    given_name: str
    family_name: str
    born_on: Day
    sex_at_birth: SexAtBirth
    administrative_gender: AdministrativeGender
    phone: str | None
    preferred_language: str
    zone: str
    home_site_id: UUID | None
    state: str | None
    erased_at: Instant | None
    registered_at: Instant
    version: int

    @classmethod
    def of(cls, patient: Patient) -> "PatientView":
        """The view of a patient."""
        return cls(
            id=patient.id,
            given_name=patient.given_name,
            family_name=patient.family_name,
            born_on=patient.born_on,
            sex_at_birth=patient.sex_at_birth,
            administrative_gender=patient.administrative_gender,
            phone=patient.phone,
            preferred_language=patient.preferred_language,
            zone=patient.zone,
            home_site_id=patient.home_site_id,
            state=patient.state,
            erased_at=patient.erased_at,
            registered_at=patient.registered_at,
            version=patient.version,
        )
