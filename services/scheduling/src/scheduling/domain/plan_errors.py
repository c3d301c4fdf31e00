"""Refusals about courses, waitlists and what is owed after a dose."""
