"""Patients, at rest."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion
from kairos_chassis.statements import statement
from sqlalchemy import Date, Text, Uuid, bindparam, func, or_, select, update

from intake.domain.errors import PatientNotFound
from intake.domain.patient import AdministrativeGender, Patient, SexAtBirth
from intake.store.outside_tables import duplicate_override
from intake.store.record_tables import patient_identifier
from intake.store.tables import patient

_FIND = statement(select(patient).where(patient.c.id == bindparam("id")))
_FIELDS = (
    "given_name",
    "family_name",
    "born_on",
    "sex_at_birth",
    "administrative_gender",
    "phone",
    "preferred_language",
    "zone",
    "home_site_id",
    "state",
    "erased_at",
)
_CHANGE = statement(
    update(patient)
    .where(patient.c.id == bindparam("of"), patient.c.version == bindparam("seen"))
    .values(
        **{name: bindparam(f"new_{name}", type_=patient.c[name].type) for name in _FIELDS},
        version=bindparam("next"),
    )
)
_WAIT = statement(
    select(
        func.pg_advisory_xact_lock(
            func.hashtextextended(
                bindparam("network", type_=Text) + ":" + bindparam("born_on", type_=Text), 0
            )
        )
    )
)
_LIKE = statement(
    select(patient)
    .where(patient.c.erased_at.is_(None))
    .where(
        or_(
            patient.c.born_on == bindparam("born_on"),
            patient.c.phone == bindparam("phone", type_=Text),
            func.lower(patient.c.family_name) == bindparam("family_name", type_=Text),
            func.lower(patient.c.given_name) == bindparam("family_name", type_=Text),
        )
    )
    .order_by(patient.c.id)
    .limit(500)
)
_SEARCH = statement(
    select(patient)
    .where(
        patient.c.erased_at.is_(None),
        or_(
            bindparam("name", type_=Text).is_(None),
            func.lower(patient.c.given_name + " " + patient.c.family_name).contains(
                bindparam("name", type_=Text), autoescape=False
            ),
        ),
        or_(
            bindparam("born_on", type_=Date).is_(None),
            patient.c.born_on == bindparam("born_on", type_=Date),
        ),
        or_(
            bindparam("phone", type_=Text).is_(None),
            patient.c.phone == bindparam("phone", type_=Text),
        ),
        or_(
            bindparam("identifier", type_=Text).is_(None),
            patient.c.id.in_(
                select(patient_identifier.c.patient_id).where(
                    patient_identifier.c.value == bindparam("identifier", type_=Text)
                )
            ),
        ),
        or_(
            bindparam("after", type_=Uuid).is_(None),
            patient.c.id > bindparam("after", type_=Uuid),
        ),
    )
    .order_by(patient.c.id)
    .limit(bindparam("limit"))
)


async def alike(tx: Transaction, person: Patient) -> list[Patient]:
    """Whoever shares a date of birth, a phone or a name, to be compared more closely."""
    rows = await tx.fetch(
        _LIKE, born_on=person.born_on, phone=person.phone, family_name=person.family_name.lower()
    )
    return [_patient(row) for row in rows]


async def search(
    tx: Transaction,
    *,
    name: str | None,
    born_on: date | None,
    phone: str | None,
    identifier: str | None,
    after: UUID | None,
    limit: int,
) -> list[Patient]:
    """Patients to whom everything that is given applies, by id."""
    rows = await tx.fetch(
        _SEARCH,
        name=None if name is None else name.lower().replace("%", "").replace("_", ""),
        born_on=born_on,
        phone=phone,
        identifier=identifier,
        after=after,
        limit=limit,
    )
    return [_patient(row) for row in rows]


async def find(tx: Transaction, patient_id: UUID) -> Patient:
    """A patient. Raises PatientNotFound."""
    row = await tx.fetch_one(_FIND, id=patient_id)
    if row is None:
        raise PatientNotFound
    tx.about(patient_id)
    return _patient(row)


async def wait_for_alike(tx: Transaction, person: Patient) -> None:
    """Let registrations with one birth date go one after the other: the later see the earlier."""
    await tx.fetch_one(_WAIT, network=str(tx.network), born_on=person.born_on.isoformat())


def keep_override(
    tx: Transaction, patient_id: UUID, others: Sequence[UUID], *, reason: str, by: UUID
) -> None:
    """Keep why somebody who is like others was registered all the same."""
    tx.insert(
        duplicate_override,
        patient_id=patient_id,
        network_id=tx.network,
        other_than=list(others),
        reason=reason,
        overridden_by=by,
        overridden_at=tx.now,
    )


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
    """Keep other data. Raises StaleVersion at the flush if somebody was faster."""
    tx.write(
        _CHANGE,
        otherwise=StaleVersion(),
        of=changed.id,
        seen=changed.version - 1,
        next=changed.version,
        **{f"new_{name}": getattr(changed, name) for name in _FIELDS},
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
        erased_at=row["erased_at"],
        registered_at=row["registered_at"],
        version=row["version"],
    )
