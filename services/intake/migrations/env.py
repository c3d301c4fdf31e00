"""Alembic's entry: the chassis runs it."""

from intake.store.tables import metadata
from kairos_chassis.migrations import run_environment

run_environment(metadata)
