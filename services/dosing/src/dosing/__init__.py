"""The record of what was given, seen and counted."""
