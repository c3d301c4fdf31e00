"""All tables of this service: importing this module makes one schema of all files."""

from dosing.store import (
    care_tables,
    drug_tables,
    person_tables,
    protocol_tables,
    record_tables,
    stock_tables,
)
from dosing.store.session_tables import metadata

__all__ = [
    "care_tables",
    "drug_tables",
    "metadata",
    "person_tables",
    "protocol_tables",
    "record_tables",
    "stock_tables",
]
