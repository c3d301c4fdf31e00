"""Old answers for repeats, and partners' ended tokens, may be deleted."""

from kairos_chassis import migrations

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Expand."""
    migrations.trust_v3()
