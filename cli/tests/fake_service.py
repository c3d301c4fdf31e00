"""Stands in for a service. Usage: fake_service.py FOLDER NAME serve|migrate|parked|audit|replay …

What the folder holds decides: `NAME.migrate-fails`, `NAME.serve-exits` make it fail so,
`NAME.waits` is what its `parked list` tells, and with `NAME.tampered` its `audit` exits with 1.
It leaves its environment in `NAME.VERB.json`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType


class Probes(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz/ready" else 404)
        self.end_headers()


def end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def parked(waits: Path, act: str, words: list[str]) -> None:
    """Answers as a service would: list tells what waits, refusals exit 3, the rest repeats."""
    if act == "list":
        keys = json.loads(waits.read_text()) if waits.exists() else []
        print(json.dumps({"keys": keys}) if "--json" in words else f"{len(keys)} keys wait")  # noqa: T201
        sys.exit(1 if keys else 0)
    if "nobody" in words:
        sys.stderr.write("nothing_parked: No event of that key is parked.\n")
        sys.exit(3)
    print(json.dumps({"act": act, "words": words}))  # noqa: T201


def audit(tampered: Path, words: list[str]) -> None:
    """Answers as a service would: what it was asked, and exit code 1 for a trail tampered with."""
    print(json.dumps({"words": words}))  # noqa: T201
    sys.exit(1 if tampered.exists() else 0)


def main() -> None:
    folder, name, verb = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    (folder / f"{name}.{verb}.json").write_text(json.dumps(dict(os.environ)))
    if verb == "parked":
        parked(folder / f"{name}.waits", sys.argv[4], sys.argv[5:])
        return
    if verb == "replay":
        print(json.dumps({"words": sys.argv[4:]}))  # noqa: T201
        sys.exit(0 if "--yes" in sys.argv else 1)
    if verb == "audit":
        audit(folder / f"{name}.tampered", sys.argv[4:])
    failure = {"migrate": "migrate-fails", "serve": "serve-exits"}[verb]
    if (folder / f"{name}.{failure}").exists():
        sys.exit(f"{name} was told to fail")
    if verb == "serve":
        signal.signal(signal.SIGTERM, end)
        address = (os.environ["KAIROS_HTTP_HOST"], int(os.environ["KAIROS_HTTP_PORT"]))
        ThreadingHTTPServer(address, Probes).serve_forever()


main()
