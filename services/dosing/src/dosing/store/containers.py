"""Containers and their ledgers, at rest. Entries are only ever added."""

from decimal import Decimal
from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.http.etags import StaleVersion
from kairos_chassis.statements import statement
from sqlalchemy import Integer, Text, Uuid, any_, bindparam, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from dosing.domain.errors import AmountNotHeld, ContainerNotFound
from dosing.domain.ledger import Container, Entry, EntryKind, Ownership
from dosing.store.drug_tables import container, ledger_entry
from dosing.store.lock_order import Rank, taking

_BY_ID = select(container).where(container.c.id == bindparam("id"))
_FIND = statement(_BY_ID)
_LOCK = statement(_BY_ID.with_for_update(key_share=True))
_LOCK_LOT = statement(
    select(container)
    .where(
        container.c.product == bindparam("product", type_=Text),
        func.upper(container.c.lot) == func.upper(bindparam("lot", type_=Text)),
    )
    .order_by(container.c.id)
    .with_for_update(key_share=True)
)
_LOCK_ALL = statement(select(container).order_by(container.c.id).with_for_update(key_share=True))
_AT_SITE = statement(
    select(container.c.id).where(container.c.site_id == bindparam("site_id")).limit(1)
)
_SAVE = statement(
    update(container)
    .where(container.c.id == bindparam("of"), container.c.last_seq == bindparam("seen"))
    .values(
        balance_mg=bindparam("balance_mg"),
        last_seq=bindparam("next"),
        last_hash=bindparam("last_hash"),
        first_drawn_at=bindparam("first_drawn_at"),
    )
)
_ENTRIES = select(ledger_entry).order_by(ledger_entry.c.container_id, ledger_entry.c.seq)
_OF_CONTAINER = statement(_ENTRIES.where(ledger_entry.c.container_id == bindparam("container_id")))
_OF_DRAW = statement(_ENTRIES.where(ledger_entry.c.draw_id == bindparam("draw_id")))
_OF_SESSION = statement(_ENTRIES.where(ledger_entry.c.session_id == bindparam("session_id")))
_SITES = bindparam("sites", type_=ARRAY(Uuid))
_PAGE = statement(
    select(container)
    .where(
        or_(_SITES.is_(None), container.c.site_id == any_(_SITES)),
        or_(
            bindparam("after_id", type_=Uuid).is_(None),
            container.c.id > bindparam("after_id", type_=Uuid),
        ),
    )
    .order_by(container.c.id)
    .limit(bindparam("limit", type_=Integer))
)


async def find(tx: Transaction, container_id: UUID) -> Container:
    """A container. Raises ContainerNotFound."""
    return _one(await tx.fetch_one(_FIND, id=container_id))


async def lock(tx: Transaction, container_id: UUID) -> Container:
    """A container; until the commit nobody else enters into its ledger. Raises
    ContainerNotFound."""
    taking(tx, Rank.CONTAINER, (container_id,))
    return _one(await tx.fetch_one(_LOCK, id=container_id))


async def lock_lot(tx: Transaction, product: str, lot: str) -> list[Container]:
    """Every container of a lot, at any site, in the one order of locks."""
    found = [_container(row) for row in await tx.fetch(_LOCK_LOT, product=product, lot=lot)]
    taking(tx, Rank.CONTAINER, (one.id for one in found))
    return found


async def lock_all(tx: Transaction) -> list[Container]:
    """Every container of the network, in the one order of locks."""
    found = [_container(row) for row in await tx.fetch(_LOCK_ALL)]
    taking(tx, Rank.CONTAINER, (one.id for one in found))
    return found


async def any_at(tx: Transaction, site_id: UUID) -> bool:
    """Whether a site has, or had, a container."""
    return await tx.fetch_one(_AT_SITE, site_id=site_id) is not None


async def page(
    tx: Transaction, *, sites: list[UUID] | None, after: list[str] | None, limit: int
) -> list[Container]:
    """Containers of these sites (None: all) in the order of their receipt, `limit` at most."""
    after_id = None if after is None else UUID(after[0])
    rows = await tx.fetch(_PAGE, sites=sites, after_id=after_id, limit=limit)
    return [_container(row) for row in rows]


def add(tx: Transaction, received: Container) -> None:
    """Keep a new container with the entries made in it."""
    tx.insert(
        container,
        id=received.id,
        network_id=tx.network,
        site_id=received.site_id,
        product=received.product,
        lot=received.lot,
        expires_on=received.expires_on,
        balance_mg=received.balance_mg,
        last_seq=received.last_seq,
        last_hash=received.last_hash,
        received_at=tx.now,
        ownership=received.ownership.value,
        patient_id=received.patient_id,
    )
    _add_entries(tx, received)


def save(tx: Transaction, changed: Container) -> None:
    """Keep the entries made since the container was locked. Raises AmountNotHeld at the flush where
    they account for more of a draw than was drawn, or than is not running into a patient."""
    tx.refuse_on("ledger_entry_draw_held", AmountNotHeld())
    tx.write(
        _SAVE,
        otherwise=StaleVersion(),
        of=changed.id,
        seen=changed.last_seq - len(changed.entries),
        next=changed.last_seq,
        balance_mg=changed.balance_mg,
        last_hash=changed.last_hash,
        first_drawn_at=changed.first_drawn_at,
    )
    _add_entries(tx, changed)


async def entries_of(tx: Transaction, container_id: UUID) -> list[Entry]:
    """A container's whole ledger, in order."""
    return [_entry(row) for row in await tx.fetch(_OF_CONTAINER, container_id=container_id)]


async def entries_of_draw(tx: Transaction, draw_id: UUID) -> list[Entry]:
    """A draw, and what became of it."""
    return [_entry(row) for row in await tx.fetch(_OF_DRAW, draw_id=draw_id)]


async def entries_of_session(tx: Transaction, session_id: UUID) -> list[Entry]:
    """Everything drawn for a session, and what became of it."""
    return [_entry(row) for row in await tx.fetch(_OF_SESSION, session_id=session_id)]


def _add_entries(tx: Transaction, changed: Container) -> None:
    for entry in changed.entries:
        tx.insert(
            ledger_entry,
            id=entry.id,
            network_id=tx.network,
            container_id=entry.container_id,
            seq=entry.seq,
            kind=entry.kind.value,
            amount_mg=entry.amount_mg,
            balance_after_mg=entry.balance_after_mg,
            entered_at=entry.at,
            actor=entry.actor,
            witness=entry.witness,
            session_id=entry.session_id,
            draw_id=entry.draw_id,
            reference_id=entry.reference_id,
            reason=entry.reason,
            prior_hash=entry.prior_hash,
            hash=entry.hash,
        )


def _one(row: Record | None) -> Container:
    if row is None:
        raise ContainerNotFound
    return _container(row)


def _container(row: Record) -> Container:
    return Container(
        id=row["id"],
        site_id=row["site_id"],
        product=row["product"],
        lot=row["lot"],
        expires_on=row["expires_on"],
        balance_mg=row["balance_mg"],
        last_seq=row["last_seq"],
        last_hash=row["last_hash"],
        ownership=Ownership(row["ownership"]),
        patient_id=row["patient_id"],
        first_drawn_at=row["first_drawn_at"],
    )


def _entry(row: Record) -> Entry:
    amount: Decimal = row["amount_mg"]
    return Entry(
        id=row["id"],
        container_id=row["container_id"],
        seq=row["seq"],
        kind=EntryKind(row["kind"]),
        amount_mg=amount,
        balance_after_mg=row["balance_after_mg"],
        at=row["entered_at"],
        actor=row["actor"],
        witness=row["witness"],
        session_id=row["session_id"],
        draw_id=row["draw_id"],
        reference_id=row["reference_id"],
        reason=row["reason"],
        prior_hash=row["prior_hash"],
        hash=row["hash"],
    )
