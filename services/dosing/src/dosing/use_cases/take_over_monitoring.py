"""Take over the watch of a patient from somebody else."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site

from dosing import data
from dosing.domain import staff
from dosing.domain.care_errors import MonitorChanged, NotWatched, TooManyPatients
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
    """From now on the caller watches.

    Raises SessionNotFound (404), NotWatched, MonitorChanged, NotLicensed, TooManyPatients (409).
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
    watched = await floor.watched_by(tx, by)
    if len(watched - {session.id}) >= data.monitor_ratio():
        raise TooManyPatients
    monitors.add(tx, session.id, now_watching.seq + 1, by, "took_over")
    return Assignment(
        seq=now_watching.seq + 1, practitioner_id=by, cause="took_over", assigned_at=tx.now
    )
