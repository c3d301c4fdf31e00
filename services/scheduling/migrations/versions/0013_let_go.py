"""Old answers for repeats, and partners' ended tokens, may be deleted."""

from kairos_chassis import migrations

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Expand."""
    migrations.trust_v3()
