"""Ask the process in this container how it is: exit 0 for a 200, 1 for anything else.

Usage: healthcheck.py PATH. Needs nothing but Python's own library, so that it starts in
milliseconds and says something even where an installed package is broken.
"""

import http.client
import os
import sys

TIMEOUT_SECONDS = 2.0


def answer(path: str, port: int) -> int:
    """The HTTP status of a GET on the loopback address; 0 when nothing answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


if __name__ == "__main__":
    ok = answer(sys.argv[1], int(os.environ["KAIROS_HTTP_PORT"])) == http.client.OK
    sys.exit(0 if ok else 1)
