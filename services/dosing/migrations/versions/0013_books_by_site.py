"""A site's own books are seen and written by who works there, whatever the code forgets."""

from kairos_chassis import migrations

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Expand."""
    migrations.sites(
        day_close=("site_id",),
        inventory=("site_id",),
        transfer=("from_site_id", "to_site_id"),
    )
