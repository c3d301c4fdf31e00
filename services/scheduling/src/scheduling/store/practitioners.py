"""Practitioners and their credentials, at rest. Credential versions are only ever added."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import Integer, Uuid, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on

from scheduling.domain.errors import PractitionerNotFound, PractitionerRegistered
from scheduling.domain.practitioner import Credential, Practitioner, Role, Status
from scheduling.store.tables import credential, practitioner

_ids = bindparam("ids", type_=ARRAY(Uuid))
_after = bindparam("after", type_=Uuid)
_people = select(
    practitioner.c.id,
    practitioner.c.display_name,
    practitioner.c.roles,
    practitioner.c.registered_at,
    practitioner.c.languages,
    practitioner.c.modalities,
)
_by_ids = _people.where(practitioner.c.id == any_(_ids)).order_by(practitioner.c.id)
_FIND = statement(_by_ids)
_SHARE = statement(_by_ids.with_for_update(read=True))
_LOCK = statement(_by_ids.with_for_update())
_PAGE = statement(
    _people.where(or_(_after.is_(None), practitioner.c.id > _after))
    .order_by(practitioner.c.id)
    .limit(bindparam("limit", type_=Integer))
)
_CREDENTIALS = statement(
    select(credential)
    .ext(distinct_on(credential.c.id))
    .where(credential.c.practitioner_id == any_(_ids))
    .order_by(credential.c.id, credential.c.version.desc())
)


def add(tx: Transaction, registered: Practitioner) -> None:
    """Keep a new practitioner. Raises PractitionerRegistered at the flush if already known."""
    tx.refuse_on("practitioner_pkey", PractitionerRegistered())
    tx.insert(
        practitioner,
        id=registered.id,
        network_id=tx.network,
        display_name=registered.display_name,
        roles=sorted(registered.roles),
        registered_at=registered.registered_at,
    )


def add_credential(tx: Transaction, recorded: Credential) -> None:
    """Keep a new version of a credential."""
    tx.insert(
        credential,
        id=recorded.id,
        version=recorded.version,
        network_id=tx.network,
        practitioner_id=recorded.practitioner_id,
        kind=recorded.kind,
        number=recorded.number,
        issuer=recorded.issuer,
        state=recorded.state,
        issued_on=recorded.issued_on,
        expires_on=recorded.expires_on,
        status=recorded.status,
        recorded_at=recorded.recorded_at,
        verified_at=recorded.verified_at,
        verified_by=recorded.verified_by,
        verified_source=recorded.verified_source,
    )


async def find(tx: Transaction, practitioner_id: UUID) -> Practitioner:
    """A practitioner. Raises PractitionerNotFound."""
    return await _only(tx, practitioner_id, await tx.fetch(_FIND, ids=[practitioner_id]))


async def lock(tx: Transaction, practitioner_id: UUID) -> Practitioner:
    """A practitioner whose credentials nobody else reads for a booking, or changes, until the
    commit. Raises PractitionerNotFound."""
    return await _only(tx, practitioner_id, await tx.fetch(_LOCK, ids=[practitioner_id]))


async def share(tx: Transaction, staff: Mapping[Role, UUID]) -> dict[Role, Practitioner]:
    """Who takes part, with credentials that nobody changes until the commit.

    Rows are locked in the order of their ids, so that two bookings cannot wait for each other.
    Raises PractitionerNotFound.
    """
    wanted = sorted(set(staff.values()))
    found = await _complete(tx, await tx.fetch(_SHARE, ids=wanted))
    by_id = {person.id: person for person in found}
    if len(by_id) != len(wanted):
        raise PractitionerNotFound
    return {role: by_id[person] for role, person in staff.items()}


async def share_all(tx: Transaction, people: Iterable[UUID]) -> None:
    """Keep the credentials of all of them until the commit, locked in the order of their ids."""
    await tx.fetch(_SHARE, ids=sorted(people))


async def find_all(tx: Transaction, ids: list[UUID]) -> list[Practitioner]:
    """Practitioners by id, those that there are."""
    return await _complete(tx, await tx.fetch(_FIND, ids=ids))


async def page(tx: Transaction, *, after: UUID | None, limit: int) -> list[Practitioner]:
    """Practitioners by id."""
    return await _complete(tx, await tx.fetch(_PAGE, after=after, limit=limit))


async def _only(tx: Transaction, practitioner_id: UUID, rows: list[Record]) -> Practitioner:
    if not rows:
        raise PractitionerNotFound
    (found,) = await _complete(tx, rows)
    return found


async def _complete(tx: Transaction, people: list[Record]) -> list[Practitioner]:
    ids = [row["id"] for row in people]
    held: dict[UUID, list[Credential]] = defaultdict(list)
    for one in _credentials(await tx.fetch(_CREDENTIALS, ids=ids)):
        held[one.practitioner_id].append(one)
    return [
        Practitioner(
            id=row["id"],
            display_name=row["display_name"],
            roles=frozenset(Role(role) for role in row["roles"]),
            registered_at=row["registered_at"],
            credentials=tuple(held[row["id"]]),
            languages=frozenset(row["languages"]),
            modalities=frozenset(row["modalities"]),
        )
        for row in people
    ]


def _credentials(rows: Iterable[Record]) -> Iterable[Credential]:
    for row in rows:
        values = dict(row)
        del values["network_id"]
        yield Credential(**{**values, "status": Status(row["status"])})
