"""All tables of this service: importing this module makes one schema of both files."""

from dosing.store import drug_tables
from dosing.store.session_tables import metadata

__all__ = ["drug_tables", "metadata"]
