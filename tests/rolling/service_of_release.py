"""The program of a service on a platform of two releases: `FOLDER SERVICE VERB...`.

`FOLDER/SERVICE` holds the PYTHONPATH of the release that serves it, and may change while the
platform runs: the next start is of the other release. Everything but `serve` is of the working
tree's release, as its migrations come first in an upgrade and stay after a way back.
"""

import os
import sys
from pathlib import Path

folder, service, *words = sys.argv[1:]
environment = dict(os.environ)
if words == ["serve"]:
    environment["PYTHONPATH"] = Path(folder, service).read_text("utf-8")
os.execve(sys.executable, [sys.executable, "-m", service, *words], environment)
