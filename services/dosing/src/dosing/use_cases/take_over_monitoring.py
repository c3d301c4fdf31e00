"""Take over the watch of a patient from somebody else."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site

from dosing import data
from dosing.domain import staff, watching
from dosing.domain.care_errors import (
    MonitorChanged,
    NotOneToOne,
    NotWatched,
    TooManyPatients,
)
from dosing.domain.session import WATCHED
from dosing.domain.staff import Act
from dosing.store import floor, monitors, practitioners, sessions
from dosing.store.monitors import Assignment


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOverMonitoring:
    """The one who takes over says from whom: the watch passes in one step, without a gap."""

    session_id: UUID
    from_practitioner_id: UUID
    by: Caller


async def take_over_monitoring(command: TakeOverMonitoring, tx: Transaction) -> Assignment:
    """From now on the caller watches; a patient watched one to one stays so.

    Raises SessionNotFound (404), NotWatched, MonitorChanged, NotLicensed, TooManyPatients,
    NotOneToOne (409).
    """
    session = await sessions.lock(tx, command.session_id)
    admit_site(command.by, session.site_id)
    now_watching = await monitors.current(tx, session.id)
    if now_watching is None or session.state not in WATCHED:
        raise NotWatched
    if now_watching.practitioner_id != command.from_practitioner_id:
        raise MonitorChanged
    by = command.by.subject
    person = await practitioners.one(tx, by)
    staff.require(person, Act.MONITOR, data.qualifications(), session, tx.now)
    others = await floor.lock_watch_of(tx, by, besides=session.id)
    alone = now_watching.one_to_one
    broken = list(watching.failing(others, data.watch_policy(), first_dose=alone))
    if "monitor_ratio_exceeded" in broken:
        raise TooManyPatients
    if broken:
        raise NotOneToOne
    taken = Assignment(
        seq=now_watching.seq + 1,
        practitioner_id=by,
        cause="took_over",
        assigned_at=tx.now,
        one_to_one=alone,
    )
    monitors.add(tx, session.id, taken)
    return taken
