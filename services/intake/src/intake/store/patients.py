"""Patients, at rest: sealed, and found by keyed hashes of what is sought.

Rows of before the sealing began are in clear, and are found as they were found then, until
`identity seal` has gone through all of them.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion
from kairos_chassis.statements import Statement, statement
from sqlalchemy import Text, Uuid, any_, bindparam, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from intake.domain import finding
from intake.domain.errors import PatientNotFound
from intake.domain.patient import Patient
from intake.store import identity, sealing
from intake.store.identifiers import wait_for
from intake.store.identity import person_of
from intake.store.identity_tables import identity_sealing
from intake.store.outside_tables import duplicate_override
from intake.store.tables import patient

MOST_ALIKE: Final = 500
_FIND = statement(select(patient).where(patient.c.id == bindparam("id")))
_BY_IDS = statement(
    select(patient)
    .where(patient.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))), patient.c.erased_at.is_(None))
    .order_by(patient.c.id)
)
_FIELDS = (
    *("given_name", "family_name", "born_on", "phone", "identity", "indexed_by"),
    *("sex_at_birth", "administrative_gender", "preferred_language", "zone"),
    *("home_site_id", "state", "erased_at"),
)
_CHANGE = statement(
    update(patient)
    .where(patient.c.id == bindparam("of"), patient.c.version == bindparam("seen"))
    .values(
        **{name: bindparam(f"new_{name}", type_=patient.c[name].type) for name in _FIELDS},
        version=bindparam("next"),
    )
)
_PAGE = (
    select(patient)
    .where(patient.c.erased_at.is_(None))
    .where(
        or_(
            bindparam("after", type_=Uuid).is_(None),
            patient.c.id > bindparam("after", type_=Uuid),
        )
    )
    .order_by(patient.c.id)
    .limit(bindparam("limit"))
)
_ALL = statement(_PAGE)
_ALL_CLEAR = statement(
    _PAGE.where(
        patient.c.indexed_by.is_(None),
        ~exists().where(identity_sealing.c.completed_at.is_not(None)),
    )
)
_CLEAR_ALIKE = statement(
    select(patient)
    .where(patient.c.erased_at.is_(None), patient.c.indexed_by.is_(None))
    .where(~exists().where(identity_sealing.c.completed_at.is_not(None)))
    .where(
        or_(
            patient.c.born_on == bindparam("born_on"),
            patient.c.phone == bindparam("phone", type_=Text),
            func.lower(patient.c.family_name) == bindparam("family_name", type_=Text),
            func.lower(patient.c.given_name) == bindparam("family_name", type_=Text),
        )
    )
    .order_by(patient.c.id)
    .limit(MOST_ALIKE)
)
_IDENTIFIED = Statement(
    "SELECT patient_id, value FROM patient_identifier WHERE value = $1::text",
    ("value",),
    {},
    opened=("value",),
)


async def alike(tx: Transaction, person: Patient) -> list[Patient]:
    """Whoever shares a date of birth, a phone or a name, to be compared more closely."""
    words = [finding.born(person.born_on.isoformat()), finding.whole(person.family_name)]
    if person.phone is not None:
        words.append(finding.phone(person.phone))
    ids = await identity.having(tx, words, at_least=1, limit=MOST_ALIKE)
    clear = await tx.fetch(
        _CLEAR_ALIKE,
        born_on=person.born_on,
        phone=person.phone,
        family_name=person.family_name.lower(),
    )
    found = [*await _of(tx, ids), *(person_of(row) for row in clear)]
    return list({one.id: one for one in found}.values())


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
    """Patients to whom everything that is given applies, by id. Names are found from the beginning
    of any word of theirs."""
    words = [] if name is None else finding.sought_by_name(name)
    words += [] if born_on is None else [finding.born(born_on.isoformat())]
    words += [] if phone is None else [finding.phone(phone)]
    words += [] if identifier is None else [finding.identifier(identifier)]
    if not words:
        rows = await tx.fetch(_ALL, after=after, limit=limit)
        return [person_of(row) for row in rows]

    def meant(one: Patient) -> bool:
        named = name is None or finding.begins_so(one, name)
        return named and born_on in (None, one.born_on) and phone in (None, one.phone)

    found: list[Patient] = []
    last = after
    while len(found) < limit:
        ids = await identity.having(tx, words, at_least=len(words), limit=limit, after=last)
        found += [one for one in await _of(tx, ids) if meant(one)]
        if len(ids) < limit:
            break
        last = ids[-1]
    found += await _clear(tx, meant, identifier, after, limit)
    each = {one.id: one for one in found}
    return [each[one] for one in sorted(each)][:limit]


async def _clear(
    tx: Transaction,
    meant: Callable[[Patient], bool],
    identifier: str | None,
    after: UUID | None,
    limit: int,
) -> list[Patient]:
    """Of those in clear whoever is meant: read page by page, while there are any."""
    owners: set[UUID] | None = None
    if identifier is not None:
        owners = {row["patient_id"] for row in await tx.fetch(_IDENTIFIED, value=identifier)}
    found: list[Patient] = []
    last = after
    while len(found) < limit:
        rows = await tx.fetch(_ALL_CLEAR, after=last, limit=MOST_ALIKE)
        page = [person_of(row) for row in rows]
        found += [p for p in page if meant(p) and (owners is None or p.id in owners)]
        if len(rows) < MOST_ALIKE:
            break
        last = page[-1].id
    return found


async def find(tx: Transaction, patient_id: UUID) -> Patient:
    """A patient. Raises PatientNotFound."""
    row = await tx.fetch_one(_FIND, id=patient_id)
    if row is None:
        raise PatientNotFound
    tx.about(patient_id)
    return person_of(row)


async def wait_for_alike(tx: Transaction, person: Patient) -> None:
    """Let registrations with one birth date go one after the other: the later see the earlier."""
    await wait_for(tx, "born", person.born_on.isoformat())


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


async def add(tx: Transaction, registered: Patient) -> None:
    """Keep a new patient."""
    tx.about(registered.id)
    index = await sealing.sealed(tx)
    tx.insert(
        patient,
        id=registered.id,
        network_id=tx.network,
        registered_at=registered.registered_at,
        version=registered.version,
        **_fields(registered, identity.columns(registered, index)),
    )
    await identity.index_anew(tx, registered)


async def save(tx: Transaction, changed: Patient) -> None:
    """Keep other data. Raises StaleVersion at the flush if somebody was faster."""
    tx.about(changed.id)
    await identity.lock(tx, changed.id)
    index = await sealing.sealed(tx)
    values = _fields(changed, identity.columns(changed, index))
    tx.write(
        _CHANGE,
        otherwise=StaleVersion(),
        keyed_to=changed.id,
        of=changed.id,
        seen=changed.version - 1,
        next=changed.version,
        **{f"new_{name}": value for name, value in values.items()},
    )
    await identity.index_anew(tx, changed)


def _fields(person: Patient, who: dict[str, Any]) -> dict[str, Any]:
    return {name: who[name] if name in who else getattr(person, name) for name in _FIELDS}


async def _of(tx: Transaction, ids: Sequence[UUID]) -> list[Patient]:
    return [person_of(row) for row in await tx.fetch(_BY_IDS, ids=list(ids))] if ids else []
