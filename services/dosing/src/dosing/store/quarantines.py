"""Lots that must not be used, and how they come back into use, at rest. Rows are only added."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import Boolean, Text, bindparam, func, or_, select

from dosing.domain.quarantine import Quarantine, Release
from dosing.domain.stock_errors import QuarantineNotFound, QuarantineReleased, ReleaseNotFound
from dosing.store import records
from dosing.store.drug_tables import lot_quarantine, lot_release, lot_release_confirmation

_RELEASED = (
    select(lot_release.c.id)
    .join(lot_release_confirmation, lot_release_confirmation.c.release_id == lot_release.c.id)
    .where(lot_release.c.quarantine_id == lot_quarantine.c.id)
    .exists()
)
_FIND = statement(select(lot_quarantine).where(lot_quarantine.c.id == bindparam("id")))
_STANDS = statement(
    select(lot_quarantine.c.id).where(lot_quarantine.c.id == bindparam("id"), ~_RELEASED)
)
_STANDING = statement(
    select(lot_quarantine)
    .where(
        lot_quarantine.c.product == bindparam("product", type_=Text),
        # A recall typed in other letters is the same recall.
        func.upper(lot_quarantine.c.lot) == func.upper(bindparam("lot", type_=Text)),
        ~_RELEASED,
    )
    .order_by(lot_quarantine.c.quarantined_at, lot_quarantine.c.id)
)
_ALL = statement(
    select(lot_quarantine, (~_RELEASED).label("stands"))
    .where(or_(~bindparam("standing_only", type_=Boolean), ~_RELEASED))
    .order_by(lot_quarantine.c.quarantined_at.desc(), lot_quarantine.c.id)
    .limit(500)
)
_RELEASE = statement(select(lot_release).where(lot_release.c.id == bindparam("id")))


def add(tx: Transaction, one: Quarantine) -> None:
    """Put a lot out of use in the whole network, for this reason."""
    records.add(tx, lot_quarantine, one)


async def find(tx: Transaction, quarantine_id: UUID) -> Quarantine:
    """A quarantine, whether or not it stands. Raises QuarantineNotFound."""
    row = await tx.fetch_one(_FIND, id=quarantine_id)
    if row is None:
        raise QuarantineNotFound
    return records.read(Quarantine, row)


async def standing_of(tx: Transaction, product: str, lot: str) -> list[Quarantine]:
    """What keeps a lot out of use, the oldest first; it may be used once there is nothing."""
    rows = await tx.fetch(_STANDING, product=product, lot=lot)
    return [records.read(Quarantine, row) for row in rows]


async def stands(tx: Transaction, product: str, lot: str) -> bool:
    """Whether a lot must not be used."""
    return bool(await standing_of(tx, product, lot))


async def listed(tx: Transaction, *, standing_only: bool) -> list[tuple[Quarantine, bool]]:
    """Quarantines, the newest first, at most 500, each with whether it stands."""
    rows = await tx.fetch(_ALL, standing_only=standing_only)
    return [(records.read(Quarantine, row), row["stands"]) for row in rows]


async def check_stands(tx: Transaction, quarantine_id: UUID) -> None:
    """Raises QuarantineReleased."""
    if await tx.fetch_one(_STANDS, id=quarantine_id) is None:
        raise QuarantineReleased


def add_release(tx: Transaction, asked: Release) -> None:
    """Keep that somebody asks for it; it changes nothing until somebody else agrees."""
    records.add(tx, lot_release, asked)


async def find_release(tx: Transaction, release_id: UUID) -> Release:
    """What somebody asks for. Raises ReleaseNotFound."""
    row = await tx.fetch_one(_RELEASE, id=release_id)
    if row is None:
        raise ReleaseNotFound
    return records.read(Release, row)


def confirm(tx: Transaction, release_id: UUID, by: UUID) -> None:
    """The quarantine stands no more. Raises QuarantineReleased for a repeat."""
    tx.refuse_on("lot_release_confirmation_pkey", QuarantineReleased())
    tx.insert(
        lot_release_confirmation,
        release_id=release_id,
        network_id=tx.network,
        confirmed_by=by,
        confirmed_at=tx.now,
    )
