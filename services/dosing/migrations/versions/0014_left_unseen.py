"""A patient who left unseen was explained no risks: the record may say so."""

from kairos_chassis import migrations

revision = "0014"
down_revision = "0013"
contract = "the check gives way to a wider one: whatever the version before writes still passes"

_WIDER = """
ALTER TABLE departure DROP CONSTRAINT departure_risks_explained_check;
ALTER TABLE departure ADD CONSTRAINT departure_risks_explained_check
  CHECK (risks_explained OR reason = 'left_unseen');
"""


def upgrade() -> None:
    """Expand."""
    migrations.script(_WIDER)
