"""What is taken when. The database alone decides: an exclusion constraint lets one booking win."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import Text, Uuid, bindparam, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.types import DateTime

from scheduling.store.tables import occupancy

_INSTANTS = ARRAY(DateTime(timezone=True))
_wanted = (
    func.unnest(
        bindparam("kinds", type_=ARRAY(Text)),
        bindparam("ids", type_=ARRAY(Uuid)),
        bindparam("starts", type_=_INSTANTS),
        bindparam("ends", type_=_INSTANTS),
    )
    .table_valued(
        column("kind", Text),
        column("id", Uuid),
        column("starts_at", DateTime(timezone=True)),
        column("ends_at", DateTime(timezone=True)),
    )
    .render_derived(name="wanted")
)
# A plain insert makes rivals for a slot deadlock each other; ON CONFLICT DO NOTHING waits for the
# first and then leaves the row out, so who is missing in the answer is taken.
_TAKE = statement(
    insert(occupancy)
    .from_select(
        ["network_id", "resource_kind", "resource_id", "during", "visit_id"],
        select(
            bindparam("network_id", type_=Uuid),
            _wanted.c.kind,
            _wanted.c.id,
            func.tstzrange(_wanted.c.starts_at, _wanted.c.ends_at),
            bindparam("visit_id", type_=Uuid),
        ).order_by(_wanted.c.kind, _wanted.c.id),
    )
    .on_conflict_do_nothing()
    .returning(occupancy.c.resource_kind, occupancy.c.resource_id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Something or somebody, wanted for a while: from `starts_at` until before `ends_at`."""

    kind: str  # patient, practitioner or room
    id: UUID
    starts_at: datetime
    ends_at: datetime


async def take(tx: Transaction, visit_id: UUID, claims: list[Claim]) -> list[Claim]:
    """Occupy all of it for a visit that is in the database. Returns what others have taken."""
    rows = await tx.fetch(
        _TAKE,
        network_id=tx.network,
        visit_id=visit_id,
        kinds=[one.kind for one in claims],
        ids=[one.id for one in claims],
        starts=[one.starts_at for one in claims],
        ends=[one.ends_at for one in claims],
    )
    won = {(row["resource_kind"], row["resource_id"]) for row in rows}
    return [one for one in claims if (one.kind, one.id) not in won]
