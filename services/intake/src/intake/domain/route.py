"""The routes ketamine is given by."""

from typing import Final

ROUTES: Final = ("iv", "im", "sublingual", "oral", "nasal_racemic", "nasal_esketamine")
"""Every route a clearance speaks about, in the order it is shown."""
