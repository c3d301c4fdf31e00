"""How the relay looks at the outbox: the same cost for any backlog, whatever the planner knows."""

from kairos_chassis import migrations

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Expand."""
    migrations.platform_v3()
