"""Check a patient in, once every gate before the visit is open."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion

from scheduling import publish
from scheduling.data import visit_types
from scheduling.domain.check_in import Arrival, Fasting, Gate, Screen
from scheduling.domain.errors import CheckInRefused
from scheduling.domain.site import Site
from scheduling.domain.visit import Visit
from scheduling.store import (
    clearances,
    links,
    policies,
    practitioners,
    reaffirmations,
    sites,
    visit_changes,
    visits,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInVisit:
    """The patient stands at the desk."""

    visit_id: UUID
    version: int  # as the caller has read it
    escort_confirmed: bool
    fasting: Fasting | None  # None where it was not asked
    screen: Screen | None  # None where it was not done
    consent_reaffirmed: bool  # at the desk; intake may have heard it as well
    by: UUID  # who checks in


async def check_in_visit(command: CheckInVisit, tx: Transaction) -> Visit:
    """Begin the visit and announce it, both or neither.

    Raises VisitNotFound (404), StaleVersion (412), VisitNotOpen, CheckInRefused (409).
    """
    planned = await visits.find(tx, command.visit_id)
    site = await sites.find(tx, planned.site_id)
    faults = await _credential_faults(planned, site, tx)
    clearance = await clearances.share(tx, planned.patient_id)
    visit = await visits.lock(tx, command.visit_id)  # after the clearance, as when it changes
    if visit.version != command.version:
        raise StaleVersion
    visit.check_open()
    heard = command.consent_reaffirmed or await reaffirmations.is_known(tx, visit.id)
    arrival = Arrival(
        at=tx.now,
        escort_confirmed=command.escort_confirmed,
        fasting=command.fasting,
        screen=command.screen,
        consent_reaffirmed=heard,
    )
    policy = (await policies.at(tx, site.id)).check_in
    latest = visit_types()[visit.visit_type].latest_arrival(visit.ends_at)
    gates = policy.closed_gates(visit, arrival, site=site, clearance=clearance, latest=latest)
    if await links.survivor_of(tx, visit.patient_id) is not None:
        gates.append(Gate.PATIENT_MERGED)
    if faults:
        gates.append(Gate.CREDENTIAL_NOT_VALID)
    if gates:
        raise CheckInRefused([gate.value for gate in gates], faults)
    moved = visit.check_in()
    await visit_changes.save_moved(tx, moved)
    visits.add_check_in(tx, moved, arrival, policy_version=policy.version, by=command.by)
    await outbox.append(tx, publish.visit_checked_in(moved, site, arrival))
    return moved


async def _credential_faults(visit: Visit, site: Site, tx: Transaction) -> list[dict[str, str]]:
    """Whether the staff may still do today what they could when the visit was booked."""
    staff = await practitioners.share(tx, visit.staff)
    kind = visit_types()[visit.visit_type]
    return kind.credential_faults(staff, state=site.state, on=site.local_day(tx.now))
