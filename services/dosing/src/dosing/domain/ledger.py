"""The controlled-substance ledger: append-only, hash-chained, in exact milligrams of base."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from dosing.domain.errors import AmountNotHeld


class EntryKind(StrEnum):
    """What happened to the drug."""

    RECEIVE = "receive"
    DRAW = "draw"
    ADMINISTER = "administer"
    WASTE = "waste"
    RETURN = "return"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"
    DESTROY = "destroy"
    COUNT = "count"  # its amount is what was counted; the balance stays
    ADJUST_IN = "adjust_in"
    ADJUST_OUT = "adjust_out"
    LOSS = "loss"
    QUARANTINE = "quarantine"  # without an amount
    RELEASE = "release"  # likewise; another quarantine may still stand


# What an entry does to the container's balance. What was drawn has left it already.
_SIGN = {
    EntryKind.RECEIVE: 1,
    EntryKind.DRAW: -1,
    EntryKind.ADMINISTER: 0,
    EntryKind.WASTE: 0,
    EntryKind.RETURN: 1,
    EntryKind.TRANSFER_OUT: -1,
    EntryKind.TRANSFER_IN: 1,
    EntryKind.DESTROY: -1,
    EntryKind.COUNT: 0,
    EntryKind.ADJUST_IN: 1,
    EntryKind.ADJUST_OUT: -1,
    EntryKind.LOSS: -1,
    EntryKind.QUARANTINE: 0,
    EntryKind.RELEASE: 0,
}
_OF_A_DRAW = {
    EntryKind.DRAW: 1,
    EntryKind.ADMINISTER: -1,
    EntryKind.WASTE: -1,
    EntryKind.RETURN: -1,
}
_MAY_BE_ZERO = frozenset({EntryKind.COUNT, EntryKind.QUARANTINE, EntryKind.RELEASE})


class Ownership(StrEnum):
    """Whose drug a container holds (clinical reference, trap 9)."""

    CLINIC_STOCK = "clinic_stock"
    PATIENT_SPECIFIC_HELD = "patient_specific_held"
    PATIENT_OWN = "patient_own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a container's ledger."""

    id: UUID
    container_id: UUID
    seq: int
    kind: EntryKind
    amount_mg: Decimal
    balance_after_mg: Decimal
    at: datetime
    actor: UUID
    witness: UUID | None
    session_id: UUID | None
    draw_id: UUID | None  # the draw it belongs to; a draw names itself
    reference_id: UUID | None  # the dose, waste request, transfer, destruction or discrepancy
    reason: str | None
    prior_hash: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What is about to be entered."""

    id: UUID
    kind: EntryKind
    amount_mg: Decimal
    at: datetime
    actor: UUID
    witness: UUID | None = None
    session_id: UUID | None = None
    draw_id: UUID | None = None
    reference_id: UUID | None = None
    reason: str | None = None  # a code


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A vial, and where its ledger stands."""

    id: UUID
    site_id: UUID
    product: str
    lot: str
    expires_on: date
    balance_mg: Decimal = Decimal(0)
    last_seq: int = 0
    last_hash: str = ""  # none before the first entry
    ownership: Ownership = Ownership.CLINIC_STOCK
    patient_id: UUID | None = None  # whose it is, unless it is the clinic's
    first_drawn_at: datetime | None = None  # opened then: its beyond-use date counts from it
    entries: tuple[Entry, ...] = ()  # made since it was loaded

    def enter(self, posting: Posting) -> "Container":
        """The container with one more entry. Raises AmountNotHeld for a balance below zero."""
        balance = self.balance_mg + _SIGN[posting.kind] * posting.amount_mg
        nothing = posting.amount_mg == 0 and posting.kind in _MAY_BE_ZERO
        if (posting.amount_mg <= 0 and not nothing) or balance < 0:
            raise AmountNotHeld
        entry = Entry(
            id=posting.id,
            container_id=self.id,
            seq=self.last_seq + 1,
            kind=posting.kind,
            amount_mg=posting.amount_mg,
            balance_after_mg=balance,
            at=posting.at,
            actor=posting.actor,
            witness=posting.witness,
            session_id=posting.session_id,
            draw_id=posting.draw_id,
            reference_id=posting.reference_id,
            reason=posting.reason,
            prior_hash=self.last_hash if self.last_seq else genesis(self),
            hash="",
        )
        entry = replace(entry, hash=digest(entry))
        opened = posting.at if posting.kind is EntryKind.DRAW else None
        return replace(
            self,
            balance_mg=balance,
            last_seq=entry.seq,
            last_hash=entry.hash,
            first_drawn_at=self.first_drawn_at or opened,
            entries=(*self.entries, entry),
        )


def genesis(container: Container) -> str:
    """What a ledger's first entry follows: SHA-256 over the container's label, in hexadecimal.

    So that a lot, an expiry or a site changed afterwards breaks the chain as well.
    """
    label = [*map(str, (container.id, container.site_id, container.product, container.lot))]
    label.append(container.expires_on.isoformat())
    if container.ownership is not Ownership.CLINIC_STOCK:
        label += [container.ownership.value, str(container.patient_id)]
    canonical = json.dumps(label)
    return hashlib.sha256(canonical.encode()).hexdigest()


def digest(entry: Entry) -> str:
    """SHA-256 over the entry's canonical content and the hash before it, in hexadecimal."""
    content = {
        "id": str(entry.id),
        "container_id": str(entry.container_id),
        "seq": entry.seq,
        "kind": entry.kind.value,
        "amount_mg": _plain(entry.amount_mg),
        "balance_after_mg": _plain(entry.balance_after_mg),
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": str(entry.actor),
        "witness": _text(entry.witness),
        "session_id": _text(entry.session_id),
        "draw_id": _text(entry.draw_id),
        "reference_id": _text(entry.reference_id),
    }
    if entry.reason is not None:  # entries from before there was a reason keep their hash
        content["reason"] = entry.reason
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{entry.prior_hash}\n{canonical}".encode()).hexdigest()


def intact(entries: Sequence[Entry], container: Container) -> bool:
    """Whether a whole ledger, in order, is of this container, gap-free, unaltered and adds up."""
    prior, balance = genesis(container), Decimal(0)
    for expected, entry in enumerate(entries, start=1):
        balance += _SIGN[entry.kind] * entry.amount_mg
        if (entry.seq, entry.prior_hash, entry.balance_after_mg) != (expected, prior, balance):
            return False
        if entry.hash != digest(entry):
            return False
        prior = entry.hash
    return (len(entries), prior, balance) == (
        container.last_seq,
        container.last_hash,
        container.balance_mg,
    )


def balance_change(entry: Entry) -> Decimal:
    """What an entry does to the container's balance."""
    return _SIGN[entry.kind] * entry.amount_mg


def held(entries: Iterable[Entry]) -> Decimal:
    """What was drawn and is neither given, wasted nor returned, in mg."""
    return sum((_OF_A_DRAW.get(one.kind, 0) * one.amount_mg for one in entries), Decimal(0))


def check_held(entries: Iterable[Entry], spoken_for_mg: Decimal, amount_mg: Decimal) -> None:
    """Raises AmountNotHeld for more than is in hand of a draw and is spoken for by nothing.

    `entries` are those of the draw; `spoken_for_mg` is what is to be wasted of it already, and what
    is running into the patient, which the ledger has only when the infusion has ended.
    """
    if amount_mg > held(entries) - spoken_for_mg:
        raise AmountNotHeld


def _plain(amount: Decimal) -> str:
    return f"{amount.quantize(Decimal('0.001')):f}"


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
