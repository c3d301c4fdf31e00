"""Courses over HTTP: proposals, booking, repairs."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from scheduling.data import protocols, visit_types
from scheduling.domain.course import Aim, Clash, Problem
from scheduling.domain.course_plan import Option, option_of
from scheduling.domain.opening import Span
from scheduling.domain.plan_errors import CourseInfeasible
from scheduling.http import policies
from scheduling.http.call import SchedulingCall
from scheduling.http.refusals import explained
from scheduling.http.schemas.courses import (
    ChoiceBody,
    CourseBody,
    CourseView,
    ProposalView,
    ProtocolList,
    ProtocolView,
    RepairBody,
)
from scheduling.http.schemas.visits import VisitView
from scheduling.planner.solve import solve
from scheduling.store import courses, visits
from scheduling.store.courses import Course, StoredProposal
from scheduling.use_cases.apply_repair import ApplyRepair, apply_repair
from scheduling.use_cases.book_course import BookCourse, book_course
from scheduling.use_cases.prepare_course import PrepareCourse, prepare_course
from scheduling.use_cases.prepare_repair import PrepareRepair, prepare_repair

routes = Routes("courses")
_AIMS = (Aim.CONTINUITY, Aim.FEWEST_TRIPS, Aim.SOONEST)


@routes.get("/v1/course-protocols", policy=policies.READ_VISIT_TYPE)
async def list_course_protocols(call: SchedulingCall) -> ProtocolList:
    """The courses there are."""
    async with call.transaction():
        views = [ProtocolView.of(one) for one in protocols().values()]
        return call.answer(ProtocolList(items=views))


@routes.post("/v1/course-proposals", policy=policies.BOOK_VISIT)
async def post_course_proposal(call: SchedulingCall, body: CourseBody) -> ProposalView:
    """Plans for a whole course to choose from, each with what speaks for it. Nothing is booked."""
    problem = await _problem(call, body)
    options = await _options(call, problem, _AIMS)
    made = _proposal(call, body.patient_id, problem, options, None)
    async with call.transaction() as tx:
        courses.add_proposal(tx, made)
        location = f"/v1/course-proposals/{made.id}"
        return call.answer(ProposalView.of(made), location=location)


@routes.get("/v1/course-proposals/{proposal_id}", policy=policies.BOOK_VISIT)
async def get_course_proposal(call: SchedulingCall, proposal_id: UUID) -> ProposalView:
    """A proposal."""
    async with call.transaction() as tx:
        return call.answer(ProposalView.of(await courses.find_proposal(tx, proposal_id)))


@routes.post("/v1/courses", policy=policies.BOOK_VISIT)
async def post_course(call: SchedulingCall, body: ChoiceBody) -> CourseView:
    """Book every visit of the chosen plan, or none."""
    async with explained(call), call.transaction() as tx:
        made = await courses.find_proposal(tx, body.proposal_id)
        chosen = made.option(body.option)
        return await _book(call, tx, made.patient_id, made.protocol, chosen)


@routes.post("/v1/planned-courses", policy=policies.BOOK_VISIT)
async def post_planned_course(call: SchedulingCall, body: CourseBody) -> CourseView:
    """Plan a course and book the plan with the most continuity, in one call."""
    problem = await _problem(call, body)
    options = await _options(call, problem, (Aim.CONTINUITY,))
    async with explained(call), call.transaction() as tx:
        return await _book(call, tx, body.patient_id, body.protocol, options[0])


@routes.get("/v1/courses/{course_id}", policy=policies.READ_VISIT)
async def get_course(call: SchedulingCall, course_id: UUID) -> CourseView:
    """A course with its visits."""
    async with call.transaction() as tx:
        course = await courses.find(tx, course_id)
        found = {one: VisitView.of(await visits.find(tx, one)) for one in course.steps.values()}
        return call.answer(CourseView.of(course, found))


@routes.post("/v1/courses/{course_id}/repairs", policy=policies.CHANGE_VISIT)
async def post_repair(call: SchedulingCall, course_id: UUID, body: RepairBody) -> ProposalView:
    """The smallest repair of a course of which a visit cannot stay where it is."""
    command = PrepareRepair(
        course_id=course_id,
        visit_id=body.visit_id,
        site_ids=sorted(call.caller.sites or ()),
        unavailable=[Span(one.starts_at, one.ends_at) for one in body.unavailable],
    )
    async with call.deps.db.transaction(call.network_id) as reading:
        course, problem = await prepare_repair(command, reading)
    options = await _options(call, problem, (Aim.SMALLEST_REPAIR,))
    made = _proposal(call, course.patient_id, problem, options, course)
    async with call.transaction() as tx:
        courses.add_proposal(tx, made)
        return call.answer(ProposalView.of(made))


@routes.post(
    "/v1/courses/{course_id}/repairs/application", policy=policies.CHANGE_VISIT, status=200
)
async def post_repair_application(
    call: SchedulingCall, course_id: UUID, body: ChoiceBody
) -> CourseView:
    """Move what the repair moves, all of it or nothing."""
    async with call.transaction() as tx:
        made = await courses.find_proposal(tx, body.proposal_id)
        command = ApplyRepair(
            course_id=course_id, visits=made.option(body.option).visits, by=call.caller.subject
        )
        await apply_repair(command, tx)
        course = await courses.find(tx, course_id)
        found = {one: VisitView.of(await visits.find(tx, one)) for one in course.steps.values()}
        return call.answer(CourseView.of(course, found))


async def _problem(call: SchedulingCall, body: CourseBody) -> Problem:
    for site_id in (*body.site_ids, *body.step_sites.values()):
        admit_site(call.caller, site_id)
    command = PrepareCourse(
        patient_id=body.patient_id,
        protocol=body.protocol,
        starts_on=body.starts_on,
        site_ids=body.site_ids,
        step_sites=body.step_sites,
        wishes=body.wishes(),
    )
    call.about(body.patient_id)
    async with call.deps.db.transaction(call.network_id) as reading:
        return await prepare_course(command, reading)


async def _options(call: SchedulingCall, problem: Problem, aims: Sequence[Aim]) -> list[Option]:
    """Plans, found outside any transaction: a solver may think for seconds."""
    effort = call.deps.course_effort
    found = await asyncio.to_thread(solve, problem, aims, effort=effort)
    if isinstance(found, Clash):
        raise CourseInfeasible(found.rules, found.steps_without_slot)
    types = {step.code: step.visit_type for step in problem.protocol.steps}
    return [option_of(one, visit_types(), types) for one in found]


def _proposal(
    call: SchedulingCall,
    patient_id: UUID,
    problem: Problem,
    options: list[Option],
    course: Course | None,
) -> StoredProposal:
    return StoredProposal(
        id=uuid7(),
        patient_id=patient_id,
        protocol=problem.protocol.code,
        protocol_version=problem.protocol.version,
        course_id=None if course is None else course.id,
        options=options,
        made_by=call.caller.subject,
        made_at=call.deps.clock.now(),
    )


async def _book(
    call: SchedulingCall, tx: Transaction, patient_id: UUID, protocol: str, chosen: Option
) -> CourseView:
    for one in chosen.visits:
        admit_site(call.caller, one.site_id)
    command = BookCourse(
        patient_id=patient_id, protocol=protocol, visits=chosen.visits, by=call.caller.subject
    )
    course, booked = await book_course(command, tx)
    view = CourseView.of(course, {one.id: VisitView.of(one) for one in booked})
    return call.answer(view, location=f"/v1/courses/{course.id}")
