"""Become `python -m <service> <command>`, for the service that this image was built with.

Replaces its own process, so that the service is what the container's signals reach.
"""

import os
import sys

service = os.environ["SERVICE"]
os.execv(sys.executable, [sys.executable, "-m", service, *sys.argv[1:]])  # noqa: S606
