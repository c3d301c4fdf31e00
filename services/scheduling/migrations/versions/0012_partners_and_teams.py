"""Partners' tokens, and who cares for a patient."""

from kairos_chassis import migrations

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Expand."""
    migrations.trust_v2()
