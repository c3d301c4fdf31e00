"""Who accessed what, sealed; access cut short, break-glass, patients' keys."""

from kairos_chassis import migrations

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Expand."""
    migrations.trust_v1()
