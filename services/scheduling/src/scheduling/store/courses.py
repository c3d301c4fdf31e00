"""Courses and proposals, at rest."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select

from scheduling.domain.course import Aim, Reason
from scheduling.domain.course_plan import Option, PlannedVisit
from scheduling.domain.plan_errors import CourseNotFound, OptionNotFound, ProposalNotFound
from scheduling.domain.practitioner import Role
from scheduling.domain.visit import Visit
from scheduling.store.tables import course, course_proposal, course_step

_FIND = statement(select(course).where(course.c.id == bindparam("id")))
_STEPS = statement(
    select(course_step.c.code, course_step.c.visit_id).where(
        course_step.c.course_id == bindparam("id")
    )
)
_PROPOSAL = statement(select(course_proposal).where(course_proposal.c.id == bindparam("id")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A booked course: its visits by step."""

    id: UUID
    patient_id: UUID
    protocol: str
    protocol_version: str
    booked_by: UUID
    booked_at: datetime
    steps: dict[str, UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProposal:
    """Plans to choose from; with `course_id`, plans to repair that course."""

    id: UUID
    patient_id: UUID
    protocol: str
    protocol_version: str
    course_id: UUID | None
    options: list[Option]
    made_by: UUID
    made_at: datetime

    def option(self, number: int) -> Option:
        """One of them, from 1 on. Raises OptionNotFound."""
        if not 1 <= number <= len(self.options):
            raise OptionNotFound
        return self.options[number - 1]


def add(tx: Transaction, booked: Course) -> None:
    """Keep a new course. Its visits must be in the database or queued before it."""
    tx.about(booked.patient_id)
    values = {name: getattr(booked, name) for name in Course.__slots__ if name != "steps"}
    tx.insert(course, network_id=tx.network, **values)
    for code, visit_id in booked.steps.items():
        values = {"course_id": booked.id, "code": code, "visit_id": visit_id}
        tx.insert(course_step, network_id=tx.network, **values)


async def find(tx: Transaction, course_id: UUID) -> Course:
    """A course. Raises CourseNotFound."""
    row = await tx.fetch_one(_FIND, id=course_id)
    if row is None:
        raise CourseNotFound
    tx.about(row["patient_id"])
    steps = {one["code"]: one["visit_id"] for one in await tx.fetch(_STEPS, id=course_id)}
    values = {name: row[name] for name in Course.__slots__ if name != "steps"}
    return Course(**values, steps=steps)


async def of_visit(tx: Transaction, visit: Visit) -> Course | None:
    """The course a visit belongs to; None for a visit of its own."""
    return None if visit.course_id is None else await find(tx, visit.course_id)


def add_proposal(tx: Transaction, made: StoredProposal) -> None:
    """Keep plans to choose from."""
    tx.about(made.patient_id)
    values = {name: getattr(made, name) for name in StoredProposal.__slots__}
    values["options"] = [_document(one) for one in made.options]
    tx.insert(course_proposal, network_id=tx.network, **values)


async def find_proposal(tx: Transaction, proposal_id: UUID) -> StoredProposal:
    """A proposal. Raises ProposalNotFound."""
    row = await tx.fetch_one(_PROPOSAL, id=proposal_id)
    if row is None:
        raise ProposalNotFound
    tx.about(row["patient_id"])
    values = {name: row[name] for name in StoredProposal.__slots__}
    values["options"] = [_option(one) for one in row["options"]]
    return StoredProposal(**values)


def _document(option: Option) -> dict[str, Any]:
    return {
        "aim": option.aim.value,
        "reasons": [{"code": r.code, "count": r.count, "of": r.of} for r in option.reasons],
        "visits": [
            {
                "step": one.step,
                "visit_type": one.visit_type,
                "site_id": str(one.site_id),
                "starts_at": one.starts_at.isoformat(),
                "local_on": one.local_on.isoformat(),
                "room_id": None if one.room_id is None else str(one.room_id),
                "staff": {role.value: str(who) for role, who in one.staff.items()},
                "equipment_ids": [str(piece) for piece in one.equipment_ids],
            }
            for one in option.visits
        ],
    }


def _option(document: dict[str, Any]) -> Option:
    return Option(
        aim=Aim(document["aim"]),
        reasons=tuple(Reason(**one) for one in document["reasons"]),
        visits=tuple(
            PlannedVisit(
                step=one["step"],
                visit_type=one["visit_type"],
                site_id=UUID(one["site_id"]),
                starts_at=datetime.fromisoformat(one["starts_at"]),
                local_on=date.fromisoformat(one["local_on"]),
                room_id=None if one["room_id"] is None else UUID(one["room_id"]),
                staff={Role(role): UUID(who) for role, who in one["staff"].items()},
                equipment_ids=tuple(UUID(piece) for piece in one["equipment_ids"]),
            )
            for one in document["visits"]
        ),
    )
