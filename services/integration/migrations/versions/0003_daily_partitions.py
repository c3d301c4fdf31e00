"""Outbox and inbox in daily partitions, so that a day which is over leaves in an instant."""

from kairos_chassis import migrations

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Expand."""
    migrations.platform_v2()
