"""Handover of the watch, breaking the glass, and notes, over HTTP."""

from uuid import UUID

from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_site

from dosing.http import policies
from dosing.http.call import DosingCall
from dosing.http.schemas.care import (
    AssignmentList,
    AssignmentView,
    BenefitRiskBody,
    BreakGlassBody,
    BreakGlassView,
    HandoverBody,
    Kept,
    NoteBody,
    NoteList,
    NoteView,
)
from dosing.store import monitors, notes, sessions
from dosing.use_cases.ask_break_glass import AskBreakGlass, ask_break_glass
from dosing.use_cases.confirm_break_glass import ConfirmBreakGlass, confirm_break_glass
from dosing.use_cases.gate_facts import INTAKE_TOPIC
from dosing.use_cases.note_benefit_risk import NoteBenefitRisk, note_benefit_risk
from dosing.use_cases.take_over_monitoring import TakeOverMonitoring, take_over_monitoring
from dosing.use_cases.write_session_note import WriteSessionNote, write_session_note

routes = Routes("care")


@routes.post("/v1/sessions/{session_id}/monitor-handovers", policy=policies.TAKE_OVER_MONITORING)
async def post_monitor_handover(
    call: DosingCall, session_id: UUID, body: HandoverBody
) -> AssignmentView:
    """Take over the watch of a patient; it passes in one step."""
    command = TakeOverMonitoring(
        session_id=session_id, from_practitioner_id=body.from_practitioner_id, by=call.caller
    )
    async with call.transaction() as tx:
        return call.answer(AssignmentView.of(await take_over_monitoring(command, tx)))


@routes.get("/v1/sessions/{session_id}/monitor-handovers", policy=policies.READ_SESSION)
async def list_monitor_handovers(call: DosingCall, session_id: UUID) -> AssignmentList:
    """Everybody who has watched, in order."""
    async with call.transaction() as tx:
        admit_site(call.caller, (await sessions.find(tx, session_id)).site_id)
        found = await monitors.of_session(tx, session_id)
        return call.answer(AssignmentList(items=[AssignmentView.of(one) for one in found]))


@routes.post("/v1/sessions/{session_id}/break-glass", policy=policies.ASK_BREAK_GLASS)
async def post_gate_break_glass(
    call: DosingCall, session_id: UUID, body: BreakGlassBody
) -> BreakGlassView:
    """Ask for the glass to be broken; a second clinician has to confirm it."""
    command = AskBreakGlass(
        session_id=session_id, reason=body.reason, explanation=body.explanation, by=call.caller
    )
    async with call.transaction() as tx:
        asked = await ask_break_glass(command, tx)
        as_of = await call.deps.freshness.projection_as_of(
            tx, INTAKE_TOPIC, key=str(asked.patient_id)
        )
        return call.answer(BreakGlassView.of(asked, as_of))


@routes.post("/v1/break-glass/{break_glass_id}/confirmation", policy=policies.CONFIRM_BREAK_GLASS)
async def post_gate_break_glass_confirmation(
    call: DosingCall, break_glass_id: UUID
) -> BreakGlassView:
    """Agree, as the second clinician."""
    command = ConfirmBreakGlass(break_glass_id=break_glass_id, by=call.caller)
    async with call.transaction() as tx:
        glass = await confirm_break_glass(command, tx)
        as_of = await call.deps.freshness.projection_as_of(
            tx, INTAKE_TOPIC, key=str(glass.patient_id)
        )
        return call.answer(BreakGlassView.of(glass, as_of))


@routes.post("/v1/sessions/{session_id}/benefit-risk-notes", policy=policies.NOTE_BENEFIT_RISK)
async def post_benefit_risk_note(call: DosingCall, session_id: UUID, body: BenefitRiskBody) -> Kept:
    """Write why a dose is worth it at a moderately raised, repeated blood pressure."""
    command = NoteBenefitRisk(
        session_id=session_id,
        observation_id=body.observation_id,
        note=body.note,
        by=call.caller,
    )
    async with call.transaction() as tx:
        return call.answer(Kept(id=await note_benefit_risk(command, tx)))


@routes.post("/v1/sessions/{session_id}/notes", policy=policies.WRITE_NOTE)
async def post_session_note(call: DosingCall, session_id: UUID, body: NoteBody) -> Kept:
    """Write down the intention, the set and setting, or the support given."""
    command = WriteSessionNote(
        session_id=session_id,
        kind=body.kind,
        body=body.body,
        occurred_at=body.occurred_at,
        by=call.caller,
    )
    async with call.transaction() as tx:
        return call.answer(Kept(id=await write_session_note(command, tx)))


@routes.get("/v1/sessions/{session_id}/notes", policy=policies.READ_SESSION)
async def list_session_notes(call: DosingCall, session_id: UUID) -> NoteList:
    """A session's notes, as they happened."""
    async with call.transaction() as tx:
        admit_site(call.caller, (await sessions.find(tx, session_id)).site_id)
        found = await notes.of_session(tx, session_id)
        return call.answer(NoteList(items=[NoteView.of(one) for one in found]))
