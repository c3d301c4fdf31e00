"""Alembic's entry: the chassis runs it."""

from kairos_chassis.migrations import run_environment
from scheduling.store.tables import metadata

run_environment(metadata)
