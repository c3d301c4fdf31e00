"""How visits change, at rest."""

from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion
from kairos_chassis.statements import Statement, statement
from sqlalchemy import bindparam, update

from scheduling.domain.visit import Visit
from scheduling.store.tables import visit, visit_change

_CHANGING = (
    "site_id",
    "room_id",
    "starts_at",
    "ends_at",
    "local_on",
    "state",
    "held_reason",
    "equipment_ids",
    "one_to_one",
    "ended_reason",
    "ended_at",
)
_MOVE = statement(
    update(visit)
    .where(visit.c.id == bindparam("of"), visit.c.version == bindparam("seen"))
    .values(
        {name: bindparam(f"new_{name}", type_=visit.c[name].type) for name in _CHANGING}
        | {"version": bindparam("next")}
    )
)
_RESTAFF = Statement(
    "UPDATE visit_staff s SET practitioner_id = w.person "
    "FROM unnest($2::text[], $3::uuid[]) AS w(role, person) "
    "WHERE s.visit_id = $1 AND s.role = w.role AND s.practitioner_id <> w.person",
    ("visit_id", "roles", "people"),
    {},
)


async def save_moved(tx: Transaction, moved: Visit) -> None:
    """Keep a visit's new state. Raises StaleVersion if somebody was faster."""
    await tx.flush()
    values: dict[str, Any] = {f"new_{name}": _plain(moved, name) for name in _CHANGING}
    tx.write(
        _MOVE,
        otherwise=StaleVersion(),
        of=moved.id,
        seen=moved.version - 1,
        next=moved.version,
        **values,
    )


async def restaff(tx: Transaction, moved: Visit) -> None:
    """Keep who takes part now."""
    staff = sorted(moved.staff.items())
    roles, people = [role for role, _ in staff], [person for _, person in staff]
    await tx.execute(_RESTAFF, visit_id=moved.id, roles=roles, people=people)


def add_change(
    tx: Transaction, was: Visit, moved: Visit, *, change: str, reason: str, by: UUID | None
) -> None:
    """Write down how a visit changed, from what, why and by whom."""
    tx.insert(
        visit_change,
        network_id=tx.network,
        visit_id=moved.id,
        patient_id=moved.patient_id,
        version=moved.version,
        change=change,
        reason=reason,
        was={
            "state": was.state,
            "site_id": was.site_id,
            "room_id": was.room_id,
            "starts_at": was.starts_at,
            "staff": {role.value: person for role, person in was.staff.items()},
        },
        changed_by=by,
        changed_at=tx.now,
    )


def _plain(moved: Visit, name: str) -> object:
    value = getattr(moved, name)
    return list(value) if isinstance(value, tuple) else value
