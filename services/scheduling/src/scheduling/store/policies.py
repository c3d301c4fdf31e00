"""What networks and sites have set for themselves, at rest. Versions are only ever added."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement

from scheduling.data.house import house_policy
from scheduling.domain.house_policy import Figures, HousePolicy, PolicyVersion
from scheduling.store.tables import policy_version

# `$1` is a site, or NULL for the network alone.
IN_FORCE = (
    "SELECT DISTINCT ON (site_id) site_id, version, figures FROM policy_version "
    "WHERE site_id IS NULL OR site_id = $1::uuid ORDER BY site_id NULLS FIRST, version DESC"
)
_LATEST = Statement(
    IN_FORCE,
    ("site_id",),
    {},
)
_HISTORY = Statement(
    "SELECT * FROM policy_version WHERE site_id IS NOT DISTINCT FROM $1::uuid "
    "ORDER BY version DESC LIMIT $2::bigint",
    ("site_id", "limit"),
    {},
)
# A use case asks for the policy of its site in several places: it is read once a transaction.
_read: WeakKeyDictionary[Transaction, dict[UUID | None, HousePolicy]] = WeakKeyDictionary()


async def at(tx: Transaction, site_id: UUID | None) -> HousePolicy:
    """The policy that holds at a site; None for what holds in the network as a whole."""
    known = _read.setdefault(tx, {})
    if site_id not in known:
        known[site_id] = _policy(await tx.fetch(_LATEST, site_id=site_id))
    return known[site_id]


async def history(tx: Transaction, site_id: UUID | None, *, limit: int) -> list[PolicyVersion]:
    """The versions of a scope, the newest first."""
    rows = await tx.fetch(_HISTORY, site_id=site_id, limit=limit)
    return [_version(row) for row in rows]


def add(tx: Transaction, made: PolicyVersion) -> None:
    """Keep a version."""
    _read.pop(tx, None)
    values = {name: getattr(made, name) for name in PolicyVersion.__slots__}
    values["loosens"] = list(made.loosens)
    values["figures"] = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in made.figures.items()
    }
    tx.insert(policy_version, network_id=tx.network, **values)


def learn(tx: Transaction, site_id: UUID, versions: list[dict[str, Any]]) -> None:
    """Remember the policy of a site, which was read beside something else."""
    _read.setdefault(tx, {})[site_id] = _policy(versions)


def _policy(versions: Iterable[Mapping[str, Any] | Record]) -> HousePolicy:
    by_scope = {one["site_id"] is not None: one for one in versions}
    network, site = by_scope.get(False), by_scope.get(True)
    return house_policy(
        _figures(network["figures"]) if network else {},
        _figures(site["figures"]) if site else {},
        network_version=network["version"] if network else 0,
        site_version=site["version"] if site else 0,
    )


def _version(row: Record) -> PolicyVersion:
    values = {name: row[name] for name in PolicyVersion.__slots__}
    figures = _figures(row["figures"])
    return PolicyVersion(**{**values, "loosens": tuple(row["loosens"]), "figures": figures})


def _figures(document: Mapping[str, Any]) -> Figures:
    return {n: tuple(v) if isinstance(v, list) else v for n, v in document.items()}
