"""The delivery of events as a small machine: every step that the real one takes between two awaits
is one action here, and anything may happen between any two of them.

It has what the chassis has: ids drawn under a key's lock, a lease with an epoch, sends before
marks, a claim in the transaction of the effect, offsets after effects, parked keys. `Planted` takes
one of these rules away, and the machine must then be caught losing, doubling or misplacing an
event: in its effect, or on the bus, where partners without an inbox read it.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

Key = str
Action = Callable[[], None]

KEYS = ("ada", "ben")
COMMANDS = 8  # events that may be recorded; schedules beyond that only deliver
BATCH = 3
_DISTURBANCES = ("roll back", "runs out", "unheard", "cannot", "dies", "rebalance", "again")


class Planted(enum.Enum):
    """What was done wrong on purpose."""

    NOTHING = "nothing"
    MARK_BEFORE_PUBLISH = "mark before publish"
    OFFSET_BEFORE_EFFECT = "offset before effect"
    NO_INBOX = "no inbox"
    SKIP_LOCKED = "skip locked"


class Wrong(AssertionError):
    """An event was lost, doubled or misplaced."""


@dataclass(slots=True)
class Row:
    """A row of the outbox, visible once its transaction has committed."""

    id: int
    key: Key
    sequence: int
    published: bool = False


@dataclass(slots=True)
class Relay:
    """One relay: the epoch of the lease it believes in, and the batch it has read."""

    number: int
    epoch: int | None = None
    batch: list[Row] = field(default_factory=list)
    acknowledged: list[Row] = field(default_factory=list)
    given_up: set[Key] = field(default_factory=set)


@dataclass(slots=True)
class Member:
    """One consumer: where it reads, and the record in its hand."""

    number: int
    position: int = 0
    hand: tuple[int, Row] | None = None
    applied: bool = False


class World:
    """Everything there is, and what may happen next."""

    def __init__(self, planted: Planted = Planted.NOTHING) -> None:
        self.planted = planted
        self.sequences: dict[Key, int] = defaultdict(int)
        self.open: dict[Key, Row] = {}
        self.next_id = 1
        self.recorded = 0
        self.outbox: list[Row] = []
        self.lease: tuple[int, int] | None = None  # relay, epoch; none once it has run out
        self.epochs = 0
        self.row_locks: dict[int, int] = {}  # row to relay, for SKIP LOCKED
        self.relays = [Relay(0), Relay(1)]
        self.log: list[Row] = []
        self.on_bus: dict[Key, int] = defaultdict(int)
        self.committed = 0
        self.owner = 0
        self.members = [Member(0), Member(1)]
        self.last: dict[Key, int] = defaultdict(int)
        self.parked: dict[Key, dict[int, Row]] = {}
        self.effects: dict[Key, list[int]] = defaultdict(list)
        self.poison = {("ben", 2)}

    # --- what may happen next -----------------------------------------------------------------

    def actions(self) -> list[tuple[str, Action]]:
        """Every step that is possible now, in a fixed order.

        What goes well is there three times, or the machine would hardly ever get anywhere.
        """
        steps = [*self._commands(), *self._relaying(), *self._consuming(), *self._operating()]
        well = [one for one in steps if not any(word in one[0] for word in _DISTURBANCES)]
        return [*well, *well, *steps]

    def _commands(self) -> Iterator[tuple[str, Action]]:
        for key in KEYS:
            if key not in self.open and self.recorded < COMMANDS:
                yield f"record {key}", lambda key=key: self._record(key)  # type: ignore[misc]
            if key in self.open:
                yield f"commit {key}", lambda key=key: self._commit(key)  # type: ignore[misc]
                yield f"roll back {key}", lambda key=key: self._roll_back(key)  # type: ignore[misc]

    def _relaying(self) -> Iterator[tuple[str, Action]]:
        if self.lease is not None:
            yield "lease runs out", self._lease_runs_out
        for relay in self.relays:
            name = f"relay {relay.number}"
            if self.lease is None and relay.epoch is None:
                yield f"{name} claims", lambda r=relay: self._claim_lease(r)  # type: ignore[misc]
            if not relay.batch and self._may_read(relay):
                yield f"{name} reads", lambda r=relay: self._read(r)  # type: ignore[misc]
            if relay.batch:
                yield f"{name} sends", lambda r=relay: self._send(r)  # type: ignore[misc]
                yield f"{name} sends, unheard", lambda r=relay: self._send(r, "unheard")  # type: ignore[misc]
                yield f"{name} cannot send", lambda r=relay: self._send(r, "failed")  # type: ignore[misc]
            if relay.acknowledged:
                yield f"{name} marks", lambda r=relay: self._mark(r)  # type: ignore[misc]
            if relay.epoch is not None or relay.batch:
                yield f"{name} dies", lambda r=relay: self._relay_dies(r)  # type: ignore[misc]

    def _consuming(self) -> Iterator[tuple[str, Action]]:
        yield "rebalance", self._rebalance
        for member in self.members:
            name = f"member {member.number}"
            if member.hand is None:
                if member.number == self.owner and member.position < len(self.log):
                    yield f"{name} polls", lambda m=member: self._poll(m)  # type: ignore[misc]
                continue
            if not member.applied:
                yield f"{name} applies", lambda m=member: self._apply(m)  # type: ignore[misc]
            else:
                yield f"{name} commits", lambda m=member: self._commit_offset(m)  # type: ignore[misc]
            yield f"{name} dies", lambda m=member: self._member_dies(m)  # type: ignore[misc]

    def _operating(self) -> Iterator[tuple[str, Action]]:
        if self.log:
            yield "an old record comes again", lambda: self.log.append(self.log[len(self.log) // 2])
        for key in sorted(self.parked):
            yield f"release {key}", lambda key=key: self._release(key)  # type: ignore[misc]

    # --- commands -------------------------------------------------------------------------------

    def _record(self, key: Key) -> None:
        """The counter row is locked, then the id is drawn."""
        self.open[key] = Row(self.next_id, key, self.sequences[key] + 1)
        self.next_id += 1
        self.recorded += 1

    def _commit(self, key: Key) -> None:
        row = self.open.pop(key)
        self.sequences[key] = row.sequence
        self.outbox.append(row)

    def _roll_back(self, key: Key) -> None:
        self.open.pop(key)

    # --- relays ---------------------------------------------------------------------------------

    def _may_read(self, relay: Relay) -> bool:
        return relay.epoch is not None or self.planted is Planted.SKIP_LOCKED

    def _lease_runs_out(self) -> None:
        """A frozen holder learns of it only when it looks: until then it works as a zombie."""
        self.lease = None

    def _claim_lease(self, relay: Relay) -> None:
        self.epochs += 1
        self.lease = (relay.number, self.epochs)
        relay.epoch = self.epochs

    def _read(self, relay: Relay) -> None:
        pending = sorted((row for row in self.outbox if not row.published), key=lambda row: row.id)
        if self.planted is Planted.SKIP_LOCKED:
            pending = [row for row in pending if self.row_locks.get(row.id) is None]
        relay.batch = pending[:BATCH]
        relay.acknowledged, relay.given_up = [], set()
        if self.planted is Planted.SKIP_LOCKED:
            self.row_locks.update({row.id: relay.number for row in relay.batch})
        if self.planted is Planted.MARK_BEFORE_PUBLISH:
            for row in relay.batch:
                row.published = True

    def _send(self, relay: Relay, end: str = "heard") -> None:
        """`unheard`: the broker has it and its answer is lost. What fails ends its key's batch."""
        row = relay.batch.pop(0)
        if row.key in relay.given_up:
            return
        if end != "failed":
            self._arrive(row)
        if end == "heard":
            relay.acknowledged.append(row)
        else:
            relay.given_up.add(row.key)

    def _arrive(self, row: Row) -> None:
        """A copy may come at any time; an event must not come for the first time before another."""
        if row.sequence > self.on_bus[row.key] + 1:
            raise Wrong(f"{row.key} {row.sequence} misplaced on the bus")
        self.on_bus[row.key] = max(self.on_bus[row.key], row.sequence)
        self.log.append(row)

    def _mark(self, relay: Relay) -> None:
        holds = self.lease == (relay.number, relay.epoch)
        if holds or self.planted is Planted.SKIP_LOCKED:
            for row in relay.acknowledged:
                row.published = True
        else:
            relay.epoch, relay.batch = None, []
        for row in relay.acknowledged:
            self.row_locks.pop(row.id, None)
        relay.acknowledged = []

    def _relay_dies(self, relay: Relay) -> None:
        self.row_locks = {row: by for row, by in self.row_locks.items() if by != relay.number}
        self.relays[relay.number] = Relay(relay.number)

    # --- consumers ------------------------------------------------------------------------------

    def _rebalance(self) -> None:
        """The other member goes on from the committed offset; the first still has its record."""
        self.owner = 1 - self.owner
        self.members[self.owner].position = self.committed

    def _poll(self, member: Member) -> None:
        member.hand = (member.position, self.log[member.position])
        member.applied = False
        member.position += 1
        if self.planted is Planted.OFFSET_BEFORE_EFFECT:
            self.committed = max(self.committed, member.position)

    def _apply(self, member: Member) -> None:
        """Claim and effect, in one transaction."""
        assert member.hand is not None
        self._take(member.hand[1])
        member.applied = True

    def _commit_offset(self, member: Member) -> None:
        """One that comes late, from a member which is no longer the owner, is refused."""
        assert member.hand is not None
        if member.number == self.owner:
            self.committed = max(self.committed, member.hand[0] + 1)
        member.hand = None

    def _member_dies(self, member: Member) -> None:
        fresh = Member(member.number, position=self.committed)
        self.members[member.number] = fresh

    # --- the inbox ------------------------------------------------------------------------------

    def _take(self, row: Row) -> None:
        key = row.key
        if self.planted is Planted.NO_INBOX:
            self._effect(row)
        elif row.sequence <= self.last[key]:
            pass
        elif key in self.parked:
            self.parked[key].setdefault(row.sequence, row)
            if row.sequence == self.last[key] + 1 and (key, row.sequence) not in self.poison:
                self._release(key)
        elif row.sequence > self.last[key] + 1 or (key, row.sequence) in self.poison:
            self.parked[key] = {row.sequence: row}
        else:
            self.last[key] = row.sequence
            self._effect(row)

    def _release(self, key: Key) -> None:
        """Replay in order, until nothing waits or an event holds the key again."""
        waiting = self.parked[key]
        while waiting:
            sequence = min(waiting)
            if sequence > self.last[key] + 1 or (key, sequence) in self.poison:
                return
            row = waiting.pop(sequence)
            if sequence == self.last[key] + 1:
                self.last[key] = sequence
                self._effect(row)
        del self.parked[key]

    def _effect(self, row: Row) -> None:
        effects = self.effects[row.key]
        if row.sequence != len(effects) + 1:
            verdict = "doubled" if row.sequence in effects else "misplaced"
            raise Wrong(f"{row.key} {row.sequence} {verdict} after {effects}")
        effects.append(row.sequence)

    # --- the end --------------------------------------------------------------------------------

    def finish(self) -> None:
        """Nothing goes wrong any more: everything recorded must have its effect. Raises Wrong."""
        for key in list(self.open):
            self._commit(key)
        self.poison.clear()
        for relay in (0, 1):
            self._relay_dies(self.relays[relay])
        self.lease = None
        self._claim_lease(self.relays[0])
        while any(not row.published for row in self.outbox):
            self._read(self.relays[0])
            while self.relays[0].batch:
                self._send(self.relays[0])
            self._mark(self.relays[0])
        for number in (0, 1):
            self._member_dies(self.members[number])
        member = self.members[self.owner]
        while member.position < len(self.log):
            self._poll(member)
            self._apply(member)
            self._commit_offset(member)
        for key in list(self.parked):
            self._release(key)
        self._check()

    def _check(self) -> None:
        for key in KEYS:
            wanted = list(range(1, self.sequences[key] + 1))
            if self.effects[key] != wanted:
                raise Wrong(f"{key}: {self.effects[key]} of {wanted}, the rest is lost")
        if self.parked:
            raise Wrong(f"stuck: {sorted(self.parked)}")


def play(choices: Sequence[int], planted: Planted = Planted.NOTHING) -> list[str]:
    """Run a schedule: each number chooses among what is possible then. Returns what happened.

    Raises Wrong, with what happened.
    """
    world, told = World(planted), []
    try:
        for choice in choices:
            possible = world.actions()
            name, act = possible[choice % len(possible)]
            told.append(name)
            act()
        world.finish()
    except Wrong as wrong:
        raise Wrong(f"{wrong}, after: {'; '.join(told)}") from None
    return told
