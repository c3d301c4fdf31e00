"""The service changes of a session, an order and a container only what moves.

Who, what and when they are about is written once: a changed identity must not be possible, even by
a fault of the service itself.
"""

from kairos_chassis import migrations

revision = "0002"
down_revision = "0001"

_MOVES = {
    "session": "state, first_dose_at, last_dose_at, version",
    "dose_order": "cancelled_by, cancelled_at, version",
    "container": "balance_mg, last_seq, last_hash",
}


def upgrade() -> None:
    """Take the right to change a row, and give that to change these columns."""
    role = migrations.runtime_role()
    for table, columns in _MOVES.items():
        migrations.script(
            f"REVOKE UPDATE ON {table} FROM {role}; GRANT UPDATE ({columns}) ON {table} TO {role};"
        )
