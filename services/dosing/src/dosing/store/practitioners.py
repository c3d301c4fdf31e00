"""Practitioners and their credentials, as scheduling announced them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from dosing.domain.errors import NotLicensed
from dosing.domain.staff import Credential, Practitioner
from dosing.store.session_tables import credential, practitioner

_IDS = bindparam("ids", type_=ARRAY(Uuid))
_PEOPLE = statement(select(practitioner).where(practitioner.c.id == any_(_IDS)))
_CREDENTIALS = statement(select(credential).where(credential.c.practitioner_id == any_(_IDS)))


def _upsert_practitioner() -> Any:
    given = insert(practitioner).values(
        {name: bindparam(name) for name in ("network_id", "id", "roles", "registered_at")}
    )
    return given.on_conflict_do_update(
        index_elements=["network_id", "id"],
        set_={"roles": given.excluded.roles, "registered_at": given.excluded.registered_at},
        where=practitioner.c.registered_at <= given.excluded.registered_at,
    )


def _upsert_credential() -> Any:
    names = [column.name for column in credential.columns]
    given = insert(credential).values({name: bindparam(name) for name in names})
    return given.on_conflict_do_update(
        index_elements=["network_id", "id"],
        set_={name: given.excluded[name] for name in names if name not in ("network_id", "id")},
        where=credential.c.recorded_at <= given.excluded.recorded_at,
    )


_SAVE_PRACTITIONER = statement(_upsert_practitioner())
_SAVE_CREDENTIAL = statement(_upsert_credential())


def save(tx: Transaction, practitioner_id: UUID, roles: list[str], registered_at: datetime) -> None:
    """Keep who works here in which roles."""
    tx.write(
        _SAVE_PRACTITIONER,
        network_id=tx.network,
        id=practitioner_id,
        roles=roles,
        registered_at=registered_at,
    )


def save_credential(
    tx: Transaction,
    credential_id: UUID,
    practitioner_id: UUID,
    *,
    kind: str,
    state: str | None,
    issued_on: date,
    expires_on: date,
    status: str,
    recorded_at: datetime,
) -> None:
    """Keep the newest version of a credential."""
    tx.write(
        _SAVE_CREDENTIAL,
        network_id=tx.network,
        id=credential_id,
        practitioner_id=practitioner_id,
        kind=kind,
        state=state,
        issued_on=issued_on,
        expires_on=expires_on,
        status=status,
        recorded_at=recorded_at,
    )


async def load(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, Practitioner]:
    """Those people with all their credentials; a stranger comes without any."""
    wanted = list(set(ids))
    roles = {r["id"]: frozenset(r["roles"]) for r in await tx.fetch(_PEOPLE, ids=wanted)}
    held: dict[UUID, list[Credential]] = {who: [] for who in wanted}
    for row in await tx.fetch(_CREDENTIALS, ids=wanted):
        held[row["practitioner_id"]].append(
            Credential(
                kind=row["kind"],
                state=row["state"],
                issued_on=row["issued_on"],
                expires_on=row["expires_on"],
                active=row["status"] == "active",
            )
        )
    return {
        who: Practitioner(id=who, roles=roles.get(who, frozenset()), credentials=tuple(held[who]))
        for who in wanted
    }


async def one(tx: Transaction, practitioner_id: UUID) -> Practitioner:
    """One person with all credentials; a stranger comes without any."""
    return (await load(tx, [practitioner_id]))[practitioner_id]


async def require_known(tx: Transaction, practitioner_id: UUID | None) -> None:
    """Raises NotLicensed for somebody whom scheduling never announced as working here."""
    if practitioner_id is None or not (await one(tx, practitioner_id)).roles:
        raise NotLicensed
