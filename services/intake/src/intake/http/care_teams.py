"""Care teams over HTTP."""

from typing import Annotated
from uuid import UUID

from kairos_chassis import care_team
from kairos_chassis.http.route import Routes
from kairos_chassis.http.schemas import Answer, Body
from pydantic import Field

from intake.http import policies
from intake.http.call import IntakeCall
from intake.store import patients
from intake.use_cases.name_team import NameTeam, name_team

routes = Routes("care-teams")
People = Annotated[list[UUID], Field(max_length=200, default_factory=list)]


class TeamChangeBody(Body):
    """Who joins and who leaves: ids of log-ins."""

    joins: People
    leaves: People


class TeamView(Answer):
    """Who cares for a patient. Version 0: nobody was ever named, and a role is enough."""

    patient_id: UUID
    version: int
    members: list[UUID]


@routes.get("/v1/patients/{patient_id}/care-team", policy=policies.READ_TEAM)
async def get_care_team(call: IntakeCall, patient_id: UUID) -> TeamView:
    """Who cares for a patient."""
    async with call.transaction() as tx:
        await patients.find(tx, patient_id)
        tx.about(patient_id)
        version, members = await care_team.of(tx, patient_id) or (0, [])
        return call.answer(TeamView(patient_id=patient_id, version=version, members=members))


@routes.post("/v1/patients/{patient_id}/care-team-changes", policy=policies.NAME_TEAM, status=200)
async def post_care_team_change(
    call: IntakeCall, patient_id: UUID, body: TeamChangeBody
) -> TeamView:
    """Change who cares for a patient; a change that changes nothing is no error."""
    command = NameTeam(
        patient_id=patient_id, joins=frozenset(body.joins), leaves=frozenset(body.leaves)
    )
    async with call.transaction() as tx:
        tx.about(patient_id)
        team = await name_team(command, tx)
        members = sorted(team.members)
        return call.answer(TeamView(patient_id=patient_id, version=team.version, members=members))
