"""Fixtures for every test of the workspace."""

pytest_plugins = ["kairos_chassis.testing.plugin"]
