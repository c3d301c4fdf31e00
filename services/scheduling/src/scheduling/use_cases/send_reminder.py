"""Send the reminder of a visit, or try again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from kairos_chassis import timers
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from scheduling.data import reminder_policy
from scheduling.domain.local_time import local_of
from scheduling.domain.reminder import Letter, Reminder, ReminderState
from scheduling.domain.visit import TO_COME, Visit
from scheduling.store import policies, reminders, sites, visits

RETRY = "reminder_retry"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReminder:
    """A reminder whose time has come."""

    visit_id: UUID
    kind: str


async def send_reminder(command: SendReminder, tx: Transaction) -> Letter | None:
    """The letter to hand to the sender once this is committed; None where there is none to send.

    Until somebody says that it was sent it will be tried again: the timer of the next try is set
    here, so that a process which ends in between loses nothing. Raises VisitNotFound (404).
    """
    visit = await visits.find(tx, command.visit_id)
    known = await reminders.of_kind(tx, visit.id, command.kind)
    due_at = reminder_policy().due_at(command.kind, visit.starts_at)
    one = known or Reminder(
        id=uuid7(),
        visit_id=visit.id,
        patient_id=visit.patient_id,
        kind=command.kind,
        due_at=due_at,
        changed_at=tx.now,
    )
    if one.due_at != due_at:  # sent for the time before it moved: this is another one
        one = replace(one, due_at=due_at, state=ReminderState.DUE, attempts=0)
    where = await reminders.address_of(tx, visit.patient_id)
    wanted = (await policies.at(tx, visit.site_id)).reminders
    problem = _problem(one, visit, where, wanted)
    if one.state is ReminderState.SENT:
        return None
    if problem is not None or where is None:
        failed = problem == "gave_up"
        state = ReminderState.FAILED if failed else ReminderState.DROPPED
        await reminders.save(tx, one.end(state, at=tx.now, problem=problem))
        return None
    sending = one.send(at=tx.now)
    await reminders.save(tx, sending)
    retry_at = reminder_policy().retry_at(sending.attempts, tx.now)
    data: dict[str, timers.Datum] = {"visit_id": str(visit.id), "kind": one.kind}
    timers.schedule(tx, RETRY, one.id, retry_at, patient_id=visit.patient_id, data=data)
    return await _letter(sending, visit, where, tx)


def _problem(
    one: Reminder, visit: Visit, where: tuple[str, str] | None, wanted: Sequence[str]
) -> str | None:
    if visit.state not in TO_COME:
        return "visit_ended"
    if one.kind not in wanted:
        return "not_in_policy"
    if where is None:
        return "no_address"
    return "gave_up" if one.attempts >= reminder_policy().most_attempts else None


async def _letter(
    sending: Reminder, visit: Visit, where: tuple[str, str], tx: Transaction
) -> Letter:
    address, language = where
    site = await sites.find(tx, visit.site_id)
    local = local_of(visit.starts_at, site.zone)
    text = reminder_policy().text(language)
    said = {"day": local.date(), "time": f"{local:%H:%M}", "zone": site.zone, "site": site.name}
    return Letter(
        network_id=tx.network,
        reminder_id=sending.id,
        attempt=sending.attempts,
        address=address,
        subject=text["subject"],
        body=text["body"].format(**said),
    )
