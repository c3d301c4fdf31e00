"""Who cares for a patient: the relation that some reads need beside a role.

Intake keeps each patient's team and tells its changes; every service keeps them beside its records,
so that the relation is judged in the very transaction that reads. A change therefore holds at once
in intake, and elsewhere as soon as its event has come.

Where no team was ever named, a role is enough, unless the network is run with teams required.
Work that goes on (a dosing session that is not over) is seen by whoever has the role, where the
policy says `care_team_afterwards`: who is on the floor must see it without asking anybody.
Breaking the glass stands in for the relation, and is audited and reviewed.
"""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from kairos_events.envelope import Envelope
from kairos_events.fields import Instant, Version
from kairos_events.model import Reader
from pydantic import Field

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.errors import Kind, Refusal
from kairos_chassis.handlers import Projection
from kairos_chassis.policy import Policy
from kairos_chassis.statements import Statement

WITHIN_SECONDS = 10  # a change holds in every service, as a rule; see the lag of `intake.events`
_OVERSIGHT = frozenset({"privacy_officer"})
_FIND = Statement(
    "SELECT version, members FROM care_team WHERE network_id = $1::uuid AND patient_id = $2::uuid",
    ("network", "patient_id"),
    {},
)
_KEEP = Statement(
    "INSERT INTO care_team (network_id, patient_id, version, members, changed_at) "
    "VALUES ($1::uuid, $2::uuid, $3::bigint, $4::uuid[], $5::timestamptz) "
    "ON CONFLICT (network_id, patient_id) DO UPDATE SET version = excluded.version, "
    "members = excluded.members, changed_at = excluded.changed_at "
    "WHERE care_team.version < excluded.version",
    ("network", "patient_id", "version", "members", "changed_at"),
    {},
)


async def of(tx: Transaction, patient_id: UUID) -> tuple[int, list[UUID]] | None:
    """The version of a patient's team and who is in it; None where none was ever named."""
    row = await tx.fetch_one(_FIND, network=tx.network, patient_id=patient_id)
    return None if row is None else (row["version"], list(row["members"]))


async def keep(
    tx: Transaction, patient_id: UUID, version: int, members: Iterable[UUID], at: object
) -> bool:
    """Keep a team unless a newer one is known. Returns whether it was new."""
    values = {"version": version, "members": list(members), "changed_at": at}
    return bool(await tx.execute(_KEEP, network=tx.network, patient_id=patient_id, **values))


async def admit(
    tx: Transaction, caller: Caller, policy: Policy, patient_id: UUID | None, *, required: bool
) -> None:
    """Let a caller read whom they care for. Raises Refusal (403), and RuntimeError for a route
    that asks for the relation and names no patient.
    """
    if caller.patient_id is not None or caller.scopes is not None or caller.is_service:
        return  # bounded by their own tokens
    if _OVERSIGHT & caller.roles:
        return
    if policy.relation == "care_team_afterwards" and tx.under_way:
        return
    if patient_id is None:
        raise RuntimeError(f"{policy.action} asks who cares for the patient: call tx.about()")
    team = await of(tx, patient_id)
    if (team is None and not required) or (team is not None and caller.subject in team[1]):
        return
    message = "You are not in this patient's care team. In an emergency, break the glass."
    raise Refusal("not_in_care_team", Kind.FORBIDDEN, message)


class CareTeamChanged(Reader, type="intake.care_team_changed.v1"):
    """A patient's care team is another."""

    patient_id: UUID
    team_version: Version
    members: Annotated[tuple[UUID, ...], Field(max_length=200)]
    changed_at: Instant


KEPT = Projection("care_team", key="patient_id")


async def keep_team(event: CareTeamChanged, _envelope: Envelope, tx: Transaction) -> None:
    """Keep who cares for the patient: who is no longer there reads no more."""
    await keep(tx, event.patient_id, event.team_version, event.members, event.changed_at)
