"""Starting over on a new, empty broker in production: shown first, done when it is confirmed."""

from dataclasses import dataclass

from kairos_chassis.bus import incarnation
from kairos_chassis.bus.broker import BusUnavailableError, ClusterWatch
from kairos_chassis.db import Database
from kairos_chassis.errors import Kind


class NothingToAdoptError(Exception):
    """The broker that answers is the one this service knows, or the first it will ever see."""

    slug = "nothing_to_adopt"
    kind = Kind.CONFLICT


class AnotherClusterError(Exception):
    """The broker that answers has another cluster id than the one confirmed; look again."""

    slug = "another_cluster"
    kind = Kind.CONFLICT


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The cluster known, the one that answers, and the published events to be sent there anew."""

    known: str | None
    answering: str
    events: int

    @property
    def needed(self) -> bool:
        """Whether the relay waits for a decision. A first cluster is taken without one."""
        return self.known is not None and self.known != self.answering


async def look(db: Database, watch: ClusterWatch) -> Offer:
    """What adopting would mean now. Raises BusUnavailableError if no broker answers."""
    answering = await watch.ask_once()
    if answering is None:
        raise BusUnavailableError("no broker answers")
    standing = await incarnation.standing(db)
    return Offer(known=standing.cluster_id, answering=answering, events=standing.published)


async def adopt(db: Database, offer: Offer, cluster_id: str) -> None:
    """Adopt the cluster offered, if it is the one that was confirmed.

    Raises NothingToAdoptError, AnotherClusterError.
    """
    if cluster_id != offer.answering:
        raise AnotherClusterError
    if not offer.needed or not await incarnation.adopt(db, cluster_id):
        raise NothingToAdoptError
