"""The kairos command: the platform on one machine, its demo and its operation."""

import sys

OLDEST_PYTHON = (3, 11)

# Before anything that an older Python could not even read.
if sys.version_info < OLDEST_PYTHON:
    sys.exit(
        "Kairos needs Python {}.{} or newer; this is {}.{}. ".format(
            *OLDEST_PYTHON, *sys.version_info
        )
        + "Install a newer one and say which: make setup PYTHON=python3.11"
    )
