"""Patients, at rest."""

from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select, update

from intake.domain.errors import PatientNotFound
from intake.domain.patient import AdministrativeGender, Patient, SexAtBirth
from intake.store.tables import patient

_FIND = statement(select(patient).where(patient.c.id == bindparam("id")))
_CHANGE = statement(
    update(patient)
    .where(patient.c.id == bindparam("of"), patient.c.version == bindparam("seen"))
    .values(
        phone=bindparam("phone"),
        preferred_language=bindparam("preferred_language"),
        home_site_id=bindparam("home_site_id"),
        state=bindparam("state"),
        version=bindparam("next"),
    )
)


async def find(tx: Transaction, patient_id: UUID) -> Patient:
    """A patient. Raises PatientNotFound."""
    row = await tx.fetch_one(_FIND, id=patient_id)
    if row is None:
        raise PatientNotFound
    tx.about(patient_id)
    return _patient(row)


def add(tx: Transaction, registered: Patient) -> None:
    """Keep a new patient."""
    tx.about(registered.id)
    tx.insert(
        patient,
        id=registered.id,
        network_id=tx.network,
        given_name=registered.given_name,
        family_name=registered.family_name,
        born_on=registered.born_on,
        sex_at_birth=registered.sex_at_birth,
        administrative_gender=registered.administrative_gender,
        phone=registered.phone,
        preferred_language=registered.preferred_language,
        zone=registered.zone,
        home_site_id=registered.home_site_id,
        state=registered.state,
        registered_at=registered.registered_at,
        version=registered.version,
    )


def save(tx: Transaction, changed: Patient) -> None:
    """Keep other contact data. Raises StaleVersion at the flush if somebody was faster."""
    tx.write(
        _CHANGE,
        otherwise=StaleVersion(),
        of=changed.id,
        seen=changed.version - 1,
        next=changed.version,
        phone=changed.phone,
        preferred_language=changed.preferred_language,
        home_site_id=changed.home_site_id,
        state=changed.state,
    )


def _patient(row: Record) -> Patient:
    return Patient(
        id=row["id"],
        given_name=row["given_name"],
        family_name=row["family_name"],
        born_on=row["born_on"],
        sex_at_birth=SexAtBirth(row["sex_at_birth"]),
        administrative_gender=AdministrativeGender(row["administrative_gender"]),
        phone=row["phone"],
        preferred_language=row["preferred_language"],
        zone=row["zone"],
        home_site_id=row["home_site_id"],
        state=row["state"],
        registered_at=row["registered_at"],
        version=row["version"],
    )
