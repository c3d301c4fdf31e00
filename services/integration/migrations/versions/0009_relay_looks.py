"""How the relay looks at the outbox: the same cost for any backlog, whatever the planner knows."""

from kairos_chassis import migrations

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Expand."""
    migrations.platform_v3()
