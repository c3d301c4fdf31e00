"""Book a visit of a merged record for the record that goes on."""

from dataclasses import dataclass
from uuid import UUID

from kairos_chassis.db import Transaction

from scheduling.domain.rule_errors import PatientNotMerged
from scheduling.domain.visit import Visit
from scheduling.store import links, practitioners, sites, visits
from scheduling.use_cases.book_visit import BookVisit, book_visit
from scheduling.use_cases.cancel_visit import CancelVisit, cancel_visit
from scheduling.use_cases.link_patients import MERGED


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferVisit:
    """A visit that stands under a record which has become part of another one."""

    visit_id: UUID
    version: int  # as the caller has read it
    by: UUID


async def transfer_visit(command: TransferVisit, tx: Transaction) -> Visit:
    """Call it off there and book it in the same slot for the survivor: both or neither.

    Everything is checked anew, as for any booking. Raises VisitNotFound (404), PatientNotMerged
    (409), and what `cancel_visit` and `book_visit` raise.
    """
    seen = await visits.find(tx, command.visit_id)
    survivor = await links.survivor_of(tx, seen.patient_id)
    if survivor is None:
        raise PatientNotMerged
    await sites.share(tx, seen.site_id)  # the locks of a booking come before the visit's
    await practitioners.share_all(tx, set(seen.staff.values()))
    end = CancelVisit(visit_id=seen.id, version=command.version, reason=MERGED, by=command.by)
    ended = await cancel_visit(end, tx)
    begin = BookVisit(
        patient_id=survivor,
        site_id=ended.site_id,
        room_id=ended.room_id,
        visit_type=ended.visit_type,
        route=ended.route,
        starts_at=ended.starts_at,
        staff=ended.staff,
        equipment_ids=ended.equipment_ids,
    )
    return await book_visit(begin, tx)
