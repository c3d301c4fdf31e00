"""Care plans, ends of courses and the team's messages, at rest. Rows are only ever added."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import select

from integration.domain.care_plan import CarePlan, CourseEnd, TeamMessage
from integration.domain.errors import MessageNotFound, PlanChanged, PlanNotFound
from integration.store.people import of_person
from integration.store.records import Records
from integration.store.tables import care_plan, course_end, team_message

plans = Records(care_plan, CarePlan, PlanNotFound)
ends = Records(course_end, CourseEnd, PlanNotFound)
messages = Records(team_message, TeamMessage, MessageNotFound)

_OF_PATIENT = statement(
    select(care_plan)
    .where(of_person(care_plan.c.patient_id))
    .order_by(care_plan.c.made_at.desc(), care_plan.c.number.desc())
)
_MESSAGES = statement(
    select(team_message)
    .where(of_person(team_message.c.patient_id))
    .order_by(team_message.c.sent_at.desc(), team_message.c.id.desc())
    .limit(200)
)
_ENDS = statement(select(course_end).where(of_person(course_end.c.patient_id)))
_INDICATED = statement(
    select(care_plan).where(care_plan.c.indication.is_not(None)).order_by(care_plan.c.made_at)
)


async def of_patient(tx: Transaction, patient_id: UUID) -> list[CarePlan]:
    """Every version of a patient's plans, the newest first."""
    return await plans.all(tx, _OF_PATIENT, patient_id=patient_id)


async def ends_of(tx: Transaction, patient_id: UUID) -> list[CourseEnd]:
    """The ends of a patient's courses."""
    return await ends.all(tx, _ENDS, patient_id=patient_id)


async def zone_of(tx: Transaction, patient_id: UUID) -> str:
    """The patient's time zone, as the newest plan says; UTC until there is one."""
    found = await of_patient(tx, patient_id)
    return found[0].zone if found else "UTC"


def add(tx: Transaction, plan: CarePlan) -> None:
    """Keep a version. Raises PlanChanged at the flush if somebody was faster."""
    tx.refuse_on("care_plan_number", PlanChanged())
    plans.add(tx, plan)


async def indicated(tx: Transaction) -> list[CarePlan]:
    """Every version of the network's plans that names an indication, the oldest first."""
    return await plans.all(tx, _INDICATED)


async def messages_about(tx: Transaction, patient_id: UUID) -> list[TeamMessage]:
    """The team's messages about a patient, the newest first."""
    return await messages.all(tx, _MESSAGES, patient_id=patient_id)
