"""Patients, as asked and answered."""

from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Day, Instant, StateCode

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


class PatientChangeBody(Body):
    """What changes; what is not named stays. A phone of null is removed."""

    phone: Phone | None = None
    preferred_language: Language | None = None


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
            registered_at=patient.registered_at,
            version=patient.version,
        )
