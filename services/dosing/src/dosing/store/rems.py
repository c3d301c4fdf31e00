"""SPRAVATO REMS: enrolment, monitoring forms and their submission. Rows are only added."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select

from dosing import data
from dosing.domain import staff
from dosing.domain.gate import Rems
from dosing.domain.session import Session
from dosing.domain.staff import Act
from dosing.store import practitioners, records, sites
from dosing.store.persons import same_person
from dosing.store.protocol_tables import rems_enrolment, rems_form, rems_submission

_STATUS = statement(
    select(rems_enrolment.c.status)
    .where(
        rems_enrolment.c.subject_kind == bindparam("subject_kind"),
        rems_enrolment.c.subject_id.in_(same_person("subject_id")),  # a site has one id
    )
    .order_by(rems_enrolment.c.recorded_at.desc(), rems_enrolment.c.id.desc())
    .limit(1)
)
_FORMS = statement(
    select(rems_form)
    .where(rems_form.c.session_id == bindparam("session_id"))
    .order_by(rems_form.c.version)
)
_FORM = statement(select(rems_form).where(rems_form.c.id == bindparam("id")))
_SUBMISSION = statement(
    select(rems_submission)
    .join(rems_form, rems_form.c.id == rems_submission.c.form_id)
    .where(rems_form.c.session_id == bindparam("session_id"))
    .limit(1)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A patient or a site joins the programme, or leaves it."""

    id: UUID
    subject_kind: str  # patient, site
    subject_id: UUID
    status: str  # enrolled, ended
    reference: str  # the programme's number
    recorded_by: UUID
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A patient monitoring form as filled from the record; a correction is another version."""

    id: UUID
    session_id: UUID
    patient_id: UUID
    version: int
    form_version: str
    content: dict[str, Any]
    due_at: datetime
    filled_by: UUID
    filled_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A form was sent to the programme."""

    form_id: UUID
    channel: str
    reference: str
    submitted_by: UUID
    submitted_at: datetime


async def standing(tx: Transaction, session: Session) -> Rems:
    """Whether patient and site are enrolled now."""
    return Rems(
        patient=await _enrolled(tx, "patient", session.patient_id),
        site=await _enrolled(tx, "site", session.site_id),
        prescriber_on_site=await _prescriber_on_site(tx, session),
    )


async def _prescriber_on_site(tx: Transaction, session: Session) -> bool:
    there = await practitioners.load(tx, await sites.present_at(tx, session))
    day, state = staff.day_at(session, tx.now), session.site_state
    return any(
        staff.qualified(person, Act.PRESCRIBE, data.qualifications(), day, state)
        for person in there.values()
    )


async def forms_of(tx: Transaction, session_id: UUID) -> list[Form]:
    """The form's versions, oldest first."""
    return [records.read(Form, row) for row in await tx.fetch(_FORMS, session_id=session_id)]


async def form(tx: Transaction, form_id: UUID) -> Form | None:
    """One form."""
    row = await tx.fetch_one(_FORM, id=form_id)
    return None if row is None else records.read(Form, row)


async def submission_of(tx: Transaction, session_id: UUID) -> Submission | None:
    """Whether the session's form was sent."""
    row = await tx.fetch_one(_SUBMISSION, session_id=session_id)
    return None if row is None else records.read(Submission, row)


def add_enrolment(tx: Transaction, one: Enrolment) -> None:
    """Keep an enrolment. A site's number has a key of the site's."""
    records.add(tx, rems_enrolment, one, keyed_to=one.subject_id)


def add_form(tx: Transaction, one: Form) -> None:
    """Keep a form."""
    records.add(tx, rems_form, one)


def add_submission(tx: Transaction, one: Submission, patient_id: UUID) -> None:
    """Keep that a patient's form was sent."""
    records.add(tx, rems_submission, one, keyed_to=patient_id)


async def _enrolled(tx: Transaction, kind: str, subject_id: UUID) -> bool:
    row = await tx.fetch_one(_STATUS, subject_kind=kind, subject_id=subject_id)
    return row is not None and row["status"] == "enrolled"
