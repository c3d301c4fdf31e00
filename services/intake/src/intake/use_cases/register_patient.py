"""Register a patient in the network."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from intake import publish
from intake.data.matching import probable
from intake.data.policy import policy
from intake.domain.clearance import Clearance, derive
from intake.domain.patient import AdministrativeGender, Patient, SexAtBirth
from intake.domain.policy import demand_reason
from intake.domain.record_errors import ProbableDuplicate
from intake.store import clearances, patients


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPatient:
    """Who the patient is."""

    given_name: str
    family_name: str
    born_on: date
    sex_at_birth: SexAtBirth
    administrative_gender: AdministrativeGender
    phone: str | None
    preferred_language: str  # BCP 47
    zone: str  # IANA
    home_site_id: UUID | None = None
    state: str | None = None  # of residence, USPS code
    registered_by: UUID
    other_than: Sequence[UUID] = ()  # probable matches somebody has looked at
    other_than_reason: str | None = None  # a code of the network's policy


async def register_patient(command: RegisterPatient, tx: Transaction) -> Patient:
    """Keep the patient, cleared for nothing, and announce it, both or neither.

    Whoever may be known already is refused until somebody has looked, named the others and said
    why this is somebody else; that is kept. Raises ProbableDuplicate (409), ImpossibleBirthDate,
    UnknownReason (422).
    """
    if command.other_than or command.other_than_reason is not None:
        demand_reason(command.other_than_reason or "", policy().duplicate_reasons)
    patient = Patient(
        id=uuid7(),
        given_name=command.given_name,
        family_name=command.family_name,
        born_on=command.born_on,
        sex_at_birth=command.sex_at_birth,
        administrative_gender=command.administrative_gender,
        phone=command.phone,
        preferred_language=command.preferred_language,
        zone=command.zone,
        registered_at=tx.now,
        home_site_id=command.home_site_id,
        state=command.state,
    )
    patient.check_birth(tx.now.astimezone(ZoneInfo(patient.zone)).date())
    await patients.wait_for_alike(tx, patient)
    found = [one.id for one, _ in probable(patient, await patients.alike(tx, patient))]
    if unseen := [one for one in found if one not in command.other_than]:
        raise ProbableDuplicate(unseen)
    await patients.add(tx, patient)
    if found and command.other_than_reason is not None:
        patients.keep_override(
            tx, patient.id, found, reason=command.other_than_reason, by=command.registered_by
        )
    await outbox.append(tx, publish.patient_registered(patient))
    await _open_clearance(patient.id, tx)
    return patient


async def _open_clearance(patient_id: UUID, tx: Transaction) -> None:
    routes = derive({}, (), safety_blocked=False, now=tx.now)
    first = Clearance(patient_id=patient_id, version=1, changed_at=tx.now, routes=routes)
    clearances.add(tx, first)
    await outbox.append(tx, publish.clearance_changed(first))
