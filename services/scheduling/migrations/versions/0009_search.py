"""Look at what is taken by its start: row-level security lets no index of ranges be used.

`during &&` is not leakproof, so PostgreSQL compares it only after a row's network is known to be
the caller's: a search would read all that a resource ever did. Comparisons of instants are
leakproof. A claim is never longer than eight days, so those that overlap a window begin at most so
long before it.
"""

from kairos_chassis import migrations

revision = "0009"
down_revision = "0008"
contract = "adds a computed column, indexes and a bound that every claim keeps; takes nothing away"

_STARTS = """
ALTER TABLE occupancy ADD COLUMN starts_at timestamptz GENERATED ALWAYS AS (lower(during)) STORED;
ALTER TABLE occupancy ADD CONSTRAINT occupancy_length
  CHECK (upper(during) - lower(during) <= interval '8 days');
CREATE INDEX occupancy_start ON occupancy (network_id, resource_kind, resource_id, starts_at);
CREATE INDEX occupancy_expiring ON occupancy (network_id, resource_kind, resource_id, expires_at)
  WHERE expires_at IS NOT NULL;
"""


def upgrade() -> None:
    """Expand."""
    migrations.script(_STARTS)
