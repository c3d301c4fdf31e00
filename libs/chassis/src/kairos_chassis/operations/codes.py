"""Reasons as operators give them."""

import argparse
import re
from typing import Final

# The audit trail keeps codes; a text could hold what the record alone may say.
_CODE: Final = re.compile("[a-z][a-z0-9_]{2,79}")


def code(text: str) -> str:
    """A reason as the audit trail keeps it. Raises ArgumentTypeError for a sentence."""
    if not _CODE.fullmatch(text):
        raise argparse.ArgumentTypeError("a code of a-z, 0-9 and _, no sentence")
    return text
