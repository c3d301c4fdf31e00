"""Alembic's entry: the chassis runs it."""

from integration.store.tables import metadata
from kairos_chassis.migrations import run_environment

run_environment(metadata)
