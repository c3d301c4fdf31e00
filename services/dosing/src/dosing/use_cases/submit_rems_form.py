"""Record that a REMS monitoring form was sent to the programme."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site

from dosing.domain.care_errors import FormNotFound, FormSubmitted
from dosing.store import rems, sessions
from dosing.store.rems import Submission
from dosing.store.watch_timers import REMS_DUE, cancel


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitRemsForm:
    """How it was sent, and what the programme answered."""

    form_id: UUID
    channel: Literal["online", "fax"]
    reference: str
    by: Caller


async def submit_rems_form(command: SubmitRemsForm, tx: Transaction) -> Submission:
    """Keep the submission; the seven-day clock stops.

    Raises FormNotFound (404), FormSubmitted (409).
    """
    form = await rems.form(tx, command.form_id)
    if form is None:
        raise FormNotFound
    session = await sessions.lock(tx, form.session_id)
    admit_site(command.by, session.site_id)
    if await rems.submission_of(tx, session.id) is not None:
        raise FormSubmitted
    sent = Submission(
        form_id=form.id,
        channel=command.channel,
        reference=command.reference,
        submitted_by=command.by.subject,
        submitted_at=tx.now,
    )
    rems.add_submission(tx, sent, form.patient_id)
    cancel(tx, REMS_DUE, session.id)
    return sent
