"""Bulk import over HTTP: every row is kept or refused by itself, and the report says which."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.route import Routes
from kairos_chassis.http.schemas import Answer, Body
from pydantic import Field, StringConstraints

from scheduling.domain.errors import (
    CredentialDates,
    CredentialState,
    PractitionerNotFound,
    PractitionerRegistered,
    SiteNotFound,
    UnknownCredentialKind,
    UnknownState,
    UnknownZone,
)
from scheduling.domain.import_file import COLUMNS, ImportRow, rows_of
from scheduling.domain.resource_errors import HoursOrder, ImportReference
from scheduling.http import policies
from scheduling.http.call import SchedulingCall
from scheduling.use_cases.import_row import ImportRowCommand, import_row

routes = Routes("imports")
_REFUSALS = (
    CredentialDates,
    CredentialState,
    PractitionerNotFound,
    PractitionerRegistered,
    SiteNotFound,
    UnknownCredentialKind,
    UnknownState,
    UnknownZone,
    HoursOrder,
    ImportReference,
)


class ImportBody(Body):
    """A CSV file with a header line."""

    csv: Annotated[str, StringConstraints(min_length=1, max_length=500_000)]


class RowReport(Answer):
    """What became of a row."""

    line: int = Field(description="as an editor counts: the header is line 1")
    kind: str
    problem: str | None = Field(description="a code; null where the row was kept")
    id: UUID | None
    missing: list[str] = Field(description="columns that this kind of row needs and lacks")


class ImportReport(Answer):
    """What became of every row."""

    kept: int
    refused: int
    rows: list[RowReport]


@routes.post("/v1/imports", policy=policies.CHANGE_SITE, status=200)
async def post_import(call: SchedulingCall, body: ImportBody) -> ImportReport:
    """Import sites, rooms, equipment, people, credentials and hours.

    A row that is refused keeps nobody else's row out; sent again, mended, it joins the others.
    """
    keys: dict[str, UUID] = {}
    reports = [await _report(call, row, keys) for row in rows_of(body.csv)]
    kept = sum(one.problem is None for one in reports)
    report = ImportReport(kept=kept, refused=len(reports) - kept, rows=reports)
    async with call.transaction():
        return call.answer(report)


async def _report(call: SchedulingCall, row: ImportRow, keys: dict[str, UUID]) -> RowReport:
    lacks = [name for name in COLUMNS.get(row.kind, ()) if name not in row.cells]
    if row.problem is not None:
        return RowReport(line=row.line, kind=row.kind, problem=row.problem, id=None, missing=lacks)
    command = ImportRowCommand(kind=row.kind, cells=row.cells, keys=keys)
    try:
        async with call.deps.db.transaction(call.network_id) as tx:
            made = await import_row(command, tx)
    except _REFUSALS as refusal:
        return RowReport(line=row.line, kind=row.kind, problem=refusal.slug, id=None, missing=[])
    if "key" in row.cells:
        keys[row.cells["key"]] = made
    return RowReport(line=row.line, kind=row.kind, problem=None, id=made, missing=[])
