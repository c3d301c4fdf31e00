"""Access over HTTP: the log, the search, broken glass, tokens cut off."""

from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from pydantic import AwareDatetime, Field, StringConstraints

from kairos_chassis.access import break_glass, cuts, fhir, policies
from kairos_chassis.access.schemas import (
    AccessPage,
    AccessView,
    AuditEntryView,
    AuditPage,
    BreakTheGlassBody,
    BrokenGlassPage,
    BrokenGlassView,
    CutBody,
    CutView,
    GlassReviewBody,
    Outcome,
)
from kairos_chassis.audit_trail.search import Question, search
from kairos_chassis.errors import Kind, Refusal
from kairos_chassis.http.call import Call
from kairos_chassis.http.documents import Document
from kairos_chassis.http.paging import Page, page_of
from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_patient

FHIR = "application/fhir+json"
Code = Annotated[str, StringConstraints(pattern="^[a-z_]+[.][a-z_]+$", max_length=80)]
Limit = Annotated[int, Field(ge=1, le=100)]


def routes_of(service: str) -> Routes:
    """The routes about access to a service."""
    routes = Routes("access")
    _add_log(routes)
    _add_events(routes, service)
    _add_search(routes)
    _add_break_glass(routes)
    _add_cuts(routes)
    return routes


def _add_log(routes: Routes) -> None:
    @routes.get("/v1/access-log", policy=policies.READ_ACCESS_LOG)
    async def list_accesses(
        call: Call, patient_id: UUID | None = None, cursor: str | None = None, limit: Limit = 50
    ) -> AccessPage:
        """Who has seen or changed a patient's record here; patients ask about themselves."""
        patient = _whose(call, patient_id)
        async with call.transaction() as tx:
            tx.about(patient)
            page = Page(call, "access-log", cursor, limit)
            question = Question(patient_id=patient, below=_below(page))
            rows, following = page_of(page, await search(tx, question, limit + 1), _position)
            views = [AccessView.of(row) for row in rows]
            return call.answer(AccessPage(items=views, next_cursor=following))


def _add_search(routes: Routes) -> None:
    @routes.get("/v1/audit-entries", policy=policies.SEARCH_AUDIT)
    async def list_audit_entries(
        call: Call,
        patient_id: UUID | None = None,
        actor: UUID | None = None,
        action: Code | None = None,
        outcome: Outcome | None = None,
        since: AwareDatetime | None = None,
        until: AwareDatetime | None = None,
        cursor: str | None = None,
        limit: Limit = 50,
    ) -> AuditPage:
        """Search the audit trail, the newest entries first."""
        async with call.transaction() as tx:
            if patient_id is not None:
                tx.about(patient_id)
            page = Page(call, "audit-entries", cursor, limit)
            question = Question(
                patient_id=patient_id,
                actor=actor,
                action=action,
                outcome=outcome,
                since=since,
                until=until,
                below=_below(page),
            )
            rows, following = page_of(page, await search(tx, question, limit + 1), _position)
            views = [AuditEntryView.of(row) for row in rows]
            return call.answer(AuditPage(items=views, next_cursor=following))


def _add_events(routes: Routes, service: str) -> None:
    @routes.document("/v1/fhir/AuditEvent", policy=policies.READ_ACCESS_LOG, media_type=FHIR)
    async def list_audit_events(
        call: Call, patient: UUID | None = None, _count: Limit = 50
    ) -> Document:
        """The newest accesses to a patient's record, as FHIR R4 AuditEvent."""
        whose = _whose(call, patient)
        async with call.transaction() as tx:
            tx.about(whose)
            rows = await search(tx, Question(patient_id=whose), _count)
            content = orjson.dumps(fhir.bundle(service, map(dict, rows)))
            return call.document(content, filename="audit-events.json")


def _add_break_glass(routes: Routes) -> None:
    @routes.post("/v1/break-glass", policy=policies.BREAK_GLASS)
    async def post_break_glass(call: Call, body: BreakTheGlassBody) -> BrokenGlassView:
        """Break the glass for one patient; send the id as Kairos-Break-Glass with each read."""
        async with call.transaction() as tx:
            row = break_glass.open_glass(
                tx, call.caller, body.patient_id, body.reason, body.minutes
            )
            return call.answer(_glass(row))

    @routes.get("/v1/break-glass", policy=policies.READ_BREAK_GLASS)
    async def list_break_glass(
        call: Call,
        state: Literal["waiting", "reviewed"] | None = None,
        cursor: str | None = None,
        limit: Limit = 50,
    ) -> BrokenGlassPage:
        """The review queue: who broke the glass, the oldest first."""
        async with call.transaction() as tx:
            page = Page(call, "break-glass", cursor, limit)
            waiting = None if state is None else state == "waiting"
            found = await break_glass.page(tx, waiting=waiting, after=page.after, limit=limit + 1)
            rows, following = page_of(
                page, found, lambda row: [row["opened_at"].isoformat(), str(row["id"])]
            )
            views = [_glass(row) for row in rows]
            return call.answer(BrokenGlassPage(items=views, next_cursor=following))

    @routes.post("/v1/break-glass/{break_glass_id}/review", policy=policies.REVIEW_BREAK_GLASS)
    async def post_break_glass_review(
        call: Call, break_glass_id: UUID, body: GlassReviewBody
    ) -> BrokenGlassView:
        """Say whether it was right to break the glass."""
        async with call.transaction() as tx:
            await break_glass.review(tx, break_glass_id, call.caller.subject, body.outcome)
            return call.answer(_glass(await break_glass.find(tx, break_glass_id)))


def _add_cuts(routes: Routes) -> None:
    @routes.post("/v1/access-cuts", policy=policies.CUT_ACCESS)
    async def post_access_cut(call: Call, body: CutBody) -> CutView:
        """End the access that a log-in's present tokens give, here and within seconds."""
        async with call.transaction() as tx:
            before = cuts.cut(tx, body.subject, body.reason, call.caller.subject)
            view = CutView(
                subject=body.subject,
                issued_before=before,
                effective_within_seconds=cuts.EFFECTIVE_SECONDS,
            )
            return call.answer(view)


def _whose(call: Call, asked: UUID | None) -> UUID:
    """Whose record is asked about: a patient's own, unless an officer names one."""
    patient = asked or call.caller.patient_id
    if patient is None:
        raise Refusal("patient_required", Kind.INVALID, "Say which patient.")
    admit_patient(call.caller, patient)
    return patient


def _below(page: Page) -> int | None:
    return None if page.after is None else int(page.after[0])


def _position(row: Any) -> list[Any]:
    return [row["id"]]


def _glass(row: Any) -> BrokenGlassView:
    return BrokenGlassView(**dict(row), review_due_at=row["opened_at"] + break_glass.REVIEW_WITHIN)
