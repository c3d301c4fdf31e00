"""Fill the REMS monitoring form of a session from its record."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing import data
from dosing.domain.care_errors import NotOfRems
from dosing.domain.observation import before_first_dose
from dosing.domain.pre_dose import baseline_of
from dosing.domain.protocol import Protocol
from dosing.domain.rems_form import Attested, Facts, filled
from dosing.domain.session import OVER, Session
from dosing.store import (
    adverse_events,
    anchors,
    containers,
    doses,
    exposures,
    monitors,
    observations,
    protocols,
    rems,
    sessions,
)
from dosing.store.rems import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class FillRemsForm:
    """What the record does not hold comes from who fills it."""

    session_id: UUID
    attested: Attested
    by: Caller


async def fill_rems_form(command: FillRemsForm, tx: Transaction) -> Form:
    """Keep a version of the form. Its seven days have run since the first device.

    Raises SessionNotFound (404), NotOfRems (409).
    """
    session = await sessions.lock(tx, command.session_id)
    admit_site(command.by, session.site_id)
    protocol = await protocols.pinned(tx, session)
    if not protocol.rems or session.state not in OVER or session.first_dose_at is None:
        raise NotOfRems
    earlier = await rems.forms_of(tx, session.id)
    policy = data.rems_form_policy()
    form = Form(
        id=uuid7(),
        session_id=session.id,
        patient_id=session.patient_id,
        version=len(earlier) + 1,
        form_version=policy.edition,
        content=filled(await _facts(session, protocol, tx), command.attested, policy),
        due_at=session.first_dose_at + data.rems_due_after(),
        filled_by=command.by.subject,
        filled_at=tx.now,
    )
    rems.add_form(tx, form)
    return form


async def _facts(session: Session, protocol: Protocol, tx: Transaction) -> Facts:
    seen = await observations.of_session(tx, session.id)
    history = await exposures.history(tx, session.patient_id)
    entries = await containers.entries_of_session(tx, session.id)
    boxes = [await containers.find(tx, one) for one in sorted({e.container_id for e in entries})]
    after = [one for one in seen if one.minutes_since_first_dose is not None]
    ended = (await sessions.moves(tx, session.id))[-1].at
    watching = await monitors.current(tx, session.id)
    return Facts(
        session=session,
        given=await doses.of_session(tx, session.id),
        lots=sorted({one.lot for one in boxes}),
        before=baseline_of(before_first_dose(seen)),
        after=after,
        events=await adverse_events.of_session(tx, session.id),
        first_treatment=history.sessions_since(None) <= 1,
        enrolled=(await rems.standing(tx, session)).patient,
        monitored_by=None if watching is None else watching.practitioner_id,
        watched=await anchors.until(tx, session, ended),
        discharge=protocol.discharge,
    )
