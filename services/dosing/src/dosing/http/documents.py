"""What is printed and what other programs take: the session record, the books, instructions."""

from typing import Literal
from uuid import UUID

from kairos_chassis.http.documents import Document
from kairos_chassis.http.route import Routes
from kairos_chassis.policy import admit_site

from dosing import data
from dosing.http import policies
from dosing.http.call import DosingCall
from dosing.http.papers import books, table
from dosing.http.papers.session_record import Record, pdf_of_record
from dosing.store import (
    adverse_events,
    alerts,
    containers,
    corrections,
    departures,
    doses,
    infusions,
    losses,
    monitors,
    notes,
    observations,
    orders,
    sessions,
    site_books,
)

Form = Literal["dispensing-log", "inventory", "form-41", "form-106"]
_TITLES = {
    "dispensing-log": "Dispensing log",
    "inventory": "Controlled substance inventory",
    "form-41": "Data for DEA Form 41",
    "form-106": "Data for DEA Form 106",
}

routes = Routes("documents")


@routes.document(
    "/v1/sessions/{session_id}/record.pdf",
    policy=policies.READ_SESSION,
    media_type="application/pdf",
)
async def get_session_record(call: DosingCall, session_id: UUID) -> Document:
    """The session's whole record, to be printed, with the monitoring chart drawn."""
    async with call.transaction() as tx:
        session = await sessions.find(tx, session_id)
        admit_site(call.caller, session.site_id)
        record = Record(
            session=session,
            moves=await sessions.moves(tx, session_id),
            order=await orders.latest_of(tx, session_id),
            given=await doses.of_session(tx, session_id),
            infusions=await infusions.of_session(tx, session_id),
            not_given=await notes.not_given_of(tx, session_id),
            seen=await observations.of_session(tx, session_id),
            corrections=await corrections.of_session(tx, session_id),
            alerts=await alerts.of_session(tx, session_id),
            events=await adverse_events.of_session(tx, session_id),
            notes=await notes.of_session(tx, session_id),
            entries=await containers.entries_of_session(tx, session_id),
            watchers=await monitors.of_session(tx, session_id),
            overrides=await departures.overrides_of(tx, session_id),
            departure=await departures.departure_of(tx, session_id),
        )
        return call.document(pdf_of_record(record), filename=f"session-{session_id}.pdf")


@routes.document(
    "/v1/discharge-instructions.pdf", policy=policies.LIST_SESSIONS, media_type="application/pdf"
)
async def get_discharge_instructions(
    call: DosingCall, language: Literal["en", "es"] = "en"
) -> Document:
    """What a patient is given in writing on leaving, with the crisis number."""
    paper = data.instructions(language)
    async with call.transaction():
        content = table.printed(paper.title, table.words(paper.lines))
        return call.document(content, filename=f"instructions-{paper.version}.pdf")


@routes.document("/v1/books.csv", policy=policies.READ_BOOKS, media_type="text/csv")
async def get_books_csv(call: DosingCall, site_id: UUID, form: Form) -> Document:
    """The books of a site for other programs."""
    head, rows = await _rows(call, site_id, form)
    async with call.transaction():
        return call.document(table.csv_of(head, rows), filename=f"{form}.csv")


@routes.document("/v1/books.pdf", policy=policies.READ_BOOKS, media_type="application/pdf")
async def get_books_pdf(call: DosingCall, site_id: UUID, form: Form) -> Document:
    """The books of a site, to be printed and signed."""
    head, rows = await _rows(call, site_id, form)
    async with call.transaction() as tx:
        lines = [f"Site {site_id}, as of {tx.now:%Y-%m-%d %H:%M:%SZ}. Milligrams are of base."]
        content = table.pdf_of(_TITLES[form], lines, *books.printed(head, rows))
        return call.document(content, filename=f"{form}.pdf")


async def _rows(call: DosingCall, site_id: UUID, form: Form) -> tuple[table.Row, list[table.Row]]:
    call.sites(site_id)
    async with call.deps.db.transaction(call.network_id) as tx:
        if form == "form-106":
            return books.FORM_106_HEAD, books.form_106(await losses.of_site(tx, site_id))
        of_site = await site_books.of_site(tx, site_id)
        patients = await site_books.patients_of(tx, site_id)
    if form == "dispensing-log":
        return books.LOG_HEAD, books.dispensing_log(of_site, patients)
    if form == "inventory":
        return books.INVENTORY_HEAD, books.inventory(of_site)
    return books.FORM_41_HEAD, books.form_41(of_site)
