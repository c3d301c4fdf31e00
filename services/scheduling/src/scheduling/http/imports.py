"""Bulk import over HTTP: every row is kept or refused by itself, and the report says which."""

from contextlib import suppress
from typing import Annotated
from uuid import UUID

from kairos_chassis.db import Transaction
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
    all_or_nothing: bool = Field(default=False, description="one refused row keeps out all others")


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

    A row that is refused keeps nobody else's row out, unless that is asked for; sent again, mended,
    it joins the others. Rows and report are one transaction: a repeated request imports once.
    """
    async with call.transaction() as tx:
        with suppress(_NothingIsKeptError):
            async with tx.attempt():
                report = await _imported(body, tx)
                if report.refused and body.all_or_nothing:
                    report = report.model_copy(update={"kept": 0})
                    raise _NothingIsKeptError
        return call.answer(report)


class _NothingIsKeptError(Exception):
    """One row was refused, and all or nothing was asked for."""


async def _imported(body: ImportBody, tx: Transaction) -> ImportReport:
    keys: dict[str, UUID] = {}
    reports = [await _report(row, keys, tx) for row in rows_of(body.csv)]
    kept = sum(one.problem is None for one in reports)
    return ImportReport(kept=kept, refused=len(reports) - kept, rows=reports)


async def _report(row: ImportRow, keys: dict[str, UUID], tx: Transaction) -> RowReport:
    lacks = [name for name in COLUMNS.get(row.kind, ()) if name not in row.cells]
    if row.problem is not None:
        return RowReport(line=row.line, kind=row.kind, problem=row.problem, id=None, missing=lacks)
    command = ImportRowCommand(kind=row.kind, cells=row.cells, keys=keys)
    try:
        async with tx.attempt():
            made = await import_row(command, tx)
    except _REFUSALS as refusal:
        return RowReport(line=row.line, kind=row.kind, problem=refusal.slug, id=None, missing=[])
    if "key" in row.cells:
        keys[row.cells["key"]] = made
    return RowReport(line=row.line, kind=row.kind, problem=None, id=made, missing=[])
