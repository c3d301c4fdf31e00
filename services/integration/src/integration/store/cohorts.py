"""Figures of groups, at rest: as they were first shown. Rows are only ever added."""

from dataclasses import asdict
from decimal import Decimal

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from kairos_events.uuid7 import uuid7
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from integration.domain.cohort import Cell, Dimension, Figures
from integration.store.tables import cohort_figure

_figure = cohort_figure.c
_FIND = statement(
    select(_figure.policy_version, _figure.cells).where(
        _figure.instrument == bindparam("instrument"),
        _figure.dimension == bindparam("dimension"),
        _figure.quarter == bindparam("quarter"),
    )
)
_KEEP = statement(
    insert(cohort_figure)
    .values({column.name: bindparam(column.name) for column in cohort_figure.c})
    .on_conflict_do_nothing()
)


async def find(tx: Transaction, instrument: str, by: Dimension, quarter: str) -> Figures | None:
    """What was shown of that quarter before, if anything was."""
    place = {"instrument": instrument, "dimension": by.value, "quarter": quarter}
    row = await tx.fetch_one(_FIND, **place)
    if row is None:
        return None
    return Figures(row["policy_version"], tuple(_cell(one) for one in row["cells"]))


async def keep(
    tx: Transaction, instrument: str, by: Dimension, quarter: str, made: Figures
) -> Figures:
    """Keep the figures for good. Returns them, or those of who was faster."""
    await tx.execute(
        _KEEP,
        id=uuid7(),
        network_id=tx.network,
        instrument=instrument,
        dimension=by.value,
        quarter=quarter,
        policy_version=made.policy_version,
        cells=[_document(cell) for cell in made.cells],
        made_at=tx.now,
    )
    return await find(tx, instrument, by, quarter) or made


def _document(cell: Cell) -> dict[str, str | int | None]:
    shown = asdict(cell)
    return {name: f"{v:f}" if isinstance(v, Decimal) else v for name, v in shown.items()}


def _cell(document: dict[str, str | int | None]) -> Cell:
    rest = {n: v for n, v in document.items() if n not in ("group", "patients")}
    figures = {n: None if v is None else Decimal(v) for n, v in rest.items()}
    group, patients = document["group"], document["patients"]
    return Cell(group=str(group), patients=None if patients is None else int(patients), **figures)
