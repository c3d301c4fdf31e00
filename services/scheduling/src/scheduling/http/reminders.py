"""Reminders over HTTP."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.route import Routes
from kairos_chassis.http.schemas import Answer, Body
from kairos_chassis.policy import admit_patient, admit_site
from kairos_events.fields import Instant
from pydantic import Field, StringConstraints

from scheduling.domain.reminder import Reminder, ReminderState
from scheduling.http import policies
from scheduling.http.call import SchedulingCall
from scheduling.store import feeds, links, reminders, visits

routes = Routes("reminders")


MailAddress = Annotated[
    str, StringConstraints(max_length=254, pattern=r"^[^@\s,;<>]+@[^@\s,;<>]+$")
]


class ReminderAddressBody(Body):
    """Where a patient wants reminders."""

    address: MailAddress | None = Field(description="null for no reminders")
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")] = "en"


class ReminderAddressView(Answer):
    """Whether a patient gets reminders; the address itself is not told again."""

    patient_id: UUID
    wanted: bool
    language: str


class InitialsBody(Body):
    """A patient's initials: up to three letters, and no name."""

    initials: Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,3}$")] | None


class InitialsView(Answer):
    """Whether there are any; they are not told again."""

    patient_id: UUID
    kept: bool


class ReminderView(Answer):
    """A reminder of a visit and what became of it."""

    id: UUID
    kind: str
    due_at: Instant
    state: ReminderState
    attempts: int
    channel: str | None
    problem: str | None
    changed_at: Instant

    @classmethod
    def of(cls, one: Reminder) -> "ReminderView":
        """The view of a reminder."""
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class ReminderList(Answer):
    """The reminders of a visit."""

    items: list[ReminderView]


@routes.post(
    "/v1/patients/{patient_id}/reminder-address", policy=policies.SET_REMINDERS, status=200
)
async def post_reminder_address(
    call: SchedulingCall, patient_id: UUID, body: ReminderAddressBody
) -> ReminderAddressView:
    """Say where a patient wants reminders, or that they want none."""
    admit_patient(call.caller, patient_id)
    async with call.transaction() as tx:
        await links.check_known(tx, patient_id)
        await links.check_own(tx, patient_id)
        await reminders.set_address(tx, patient_id, body.address, body.language)
        view = ReminderAddressView(
            patient_id=patient_id, wanted=body.address is not None, language=body.language
        )
        return call.answer(view)


@routes.post(
    "/v1/patients/{patient_id}/calendar-initials", policy=policies.SET_INITIALS, status=200
)
async def post_calendar_initials(
    call: SchedulingCall, patient_id: UUID, body: InitialsBody
) -> InitialsView:
    """Say which initials staff's calendars may show, where the network's policy wants any."""
    async with call.transaction() as tx:
        await links.check_known(tx, patient_id)
        await feeds.set_initials(tx, patient_id, body.initials, by=call.caller.subject)
        return call.answer(InitialsView(patient_id=patient_id, kept=body.initials is not None))


@routes.get("/v1/visits/{visit_id}/reminders", policy=policies.READ_VISIT)
async def list_reminders(call: SchedulingCall, visit_id: UUID) -> ReminderList:
    """The reminders of a visit that were due, and what became of them."""
    async with call.transaction() as tx:
        visit = await visits.find(tx, visit_id)
        admit_site(call.caller, visit.site_id)
        found = await reminders.of_visit(tx, visit.id)
        return call.answer(ReminderList(items=[ReminderView.of(one) for one in found]))
