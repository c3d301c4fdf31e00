"""Name who cares for a patient."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import care_team, outbox
from kairos_chassis.db import Transaction

from intake import publish
from intake.domain.care_team import CareTeam
from intake.store import clearances, patients


@dataclass(frozen=True, slots=True, kw_only=True)
class NameTeam:
    """Who joins and who leaves the patient's team."""

    patient_id: UUID
    joins: frozenset[UUID]
    leaves: frozenset[UUID]


async def name_team(command: NameTeam, tx: Transaction) -> CareTeam:
    """Change the team and tell the others. Raises PatientNotFound (404), TeamTooLarge (409)."""
    await patients.find(tx, command.patient_id)
    await clearances.lock(tx, command.patient_id)  # one change of a patient after the other
    known = await care_team.of(tx, command.patient_id)
    version, members = known or (0, [])
    team = CareTeam(patient_id=command.patient_id, version=version, members=frozenset(members))
    changed = team.change(joins=command.joins, leaves=command.leaves)
    if changed is not team:
        await care_team.keep(tx, changed.patient_id, changed.version, changed.members, tx.now)
        await outbox.append(tx, publish.care_team_changed(changed, tx.now))
    return changed
