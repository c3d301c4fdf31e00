"""What falls due: one row per thing to do at a time."""

from kairos_chassis import migrations

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Expand."""
    migrations.timers_v1()
