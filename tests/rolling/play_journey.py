"""The journey of one release, played on a running platform: `STATE`. Prints what came of it.

It runs on the packages of the release before: clients are upgraded last.
"""

import json
import sys
from pathlib import Path
from typing import Any

from kairos_cli.demo.journey import play
from kairos_cli.platform import Platform
from kairos_cli.state import State


class Silent:
    """Watches and says nothing."""

    def scene(self, title: str) -> None: ...

    def begins(self, step: Any) -> None: ...

    def ends(self, step: Any) -> None: ...


played = play(Platform(State(Path(sys.argv[1]))), Silent(), patience_s=90.0)
answer = {"fault": played.fault, "steps": len(played.steps), "events": played.events}
sys.stdout.write(json.dumps(answer) + "\n")
