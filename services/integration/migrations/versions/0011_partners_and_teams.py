"""Partners' tokens, and who cares for a patient."""

from kairos_chassis import migrations

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Expand."""
    migrations.trust_v2()
