"""Care plans, the end of a course and the team's messages over HTTP."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.route import Routes
from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Instant
from pydantic import Field

from integration.domain.care_plan import PlanKind
from integration.http import policies
from integration.http.call import IntegrationCall
from integration.http.record_schemas import Text, Texts
from integration.http.therapy_schemas import Kept
from integration.http.views import view
from integration.http.zones import Zone
from integration.store import care_plans
from integration.use_cases.end_course import EndCourse, end_course
from integration.use_cases.send_team_message import SendTeamMessage, send_team_message
from integration.use_cases.write_care_plan import WriteCarePlan, write_care_plan

routes = Routes("care plans")


class Plan(Body):
    """What is planned, for the course or for afterwards."""

    goals: Texts = Field(default_factory=list)
    interventions: Texts = Field(default_factory=list)
    early_signs: Texts = Field(default_factory=list, description="signs of a relapse")
    what_helps: Texts = Field(default_factory=list)
    contacts: Texts = Field(default_factory=list, description="whom to call")
    follow_ups: Texts = Field(default_factory=list)


class PlanBody(Body):
    """A whole plan as it shall hold."""

    kind: PlanKind
    number: Annotated[int, Field(ge=1, le=10_000)] = Field(
        description="one more than the version it is written on"
    )
    indication: Code | None = None
    zone: Zone = Field(description="IANA zone of the patient")
    plan: Plan


class PlanView(Answer):
    """One version of a plan."""

    id: UUID
    kind: PlanKind
    number: int
    indication: str | None
    zone: str
    plan: dict[str, list[str]]
    author_id: UUID
    made_at: Instant


class Plans(Answer):
    """Every version of a patient's plans, the newest first."""

    items: list[PlanView]


class CourseEndBody(Body):
    """The last session of the series has been."""

    ended_at: Instant


class MessageBody(Body):
    """Words to the team."""

    words: Text
    answers: UUID | None = None


class MessageView(Answer):
    """A message to the team."""

    id: UUID
    author_id: UUID
    answers: UUID | None
    words: str
    sent_at: Instant


class Messages(Answer):
    """The team's messages about a patient, the newest first."""

    items: list[MessageView]


@routes.post("/v1/patients/{patient_id}/care-plans", policy=policies.WRITE_PLAN)
async def post_plan(call: IntegrationCall, patient_id: UUID, body: PlanBody) -> PlanView:
    """Write a version of a plan; earlier ones stay."""
    command = WriteCarePlan(
        patient_id=patient_id,
        kind=body.kind,
        number=body.number,
        indication=body.indication,
        zone=body.zone,
        plan=body.plan.model_dump(mode="json"),
        author_id=call.caller.subject,
    )
    async with call.transaction() as tx:
        return call.answer(view(PlanView, await write_care_plan(command, tx)))


@routes.get("/v1/patients/{patient_id}/care-plans", policy=policies.READ_PLAN)
async def list_plans(call: IntegrationCall, patient_id: UUID) -> Plans:
    """Every version of a patient's plans, the newest first."""
    async with call.transaction() as tx:
        tx.about(patient_id)
        found = await care_plans.of_patient(tx, patient_id)
        return call.answer(Plans(items=[view(PlanView, plan) for plan in found]))


@routes.post("/v1/patients/{patient_id}/course-ends", policy=policies.WRITE_PLAN)
async def post_course_end(call: IntegrationCall, patient_id: UUID, body: CourseEndBody) -> Kept:
    """A course is over: what is measured afterwards is planned, and the plan for it asked for."""
    command = EndCourse(patient_id=patient_id, ended_at=body.ended_at, noted_by=call.caller.subject)
    async with call.transaction() as tx:
        return call.answer(Kept(id=await end_course(command, tx)))


@routes.post("/v1/patients/{patient_id}/team-messages", policy=policies.TELL_TEAM)
async def post_message(call: IntegrationCall, patient_id: UUID, body: MessageBody) -> MessageView:
    """Tell the team something about a patient."""
    command = SendTeamMessage(
        patient_id=patient_id,
        author_id=call.caller.subject,
        answers=body.answers,
        words=body.words,
    )
    async with call.transaction() as tx:
        return call.answer(view(MessageView, await send_team_message(command, tx)))


@routes.get("/v1/patients/{patient_id}/team-messages", policy=policies.READ_PLAN)
async def list_messages(call: IntegrationCall, patient_id: UUID) -> Messages:
    """The team's messages about a patient, the newest first."""
    async with call.transaction() as tx:
        tx.about(patient_id)
        found = await care_plans.messages_about(tx, patient_id)
        return call.answer(Messages(items=[view(MessageView, one) for one in found]))
