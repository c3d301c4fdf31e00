"""The journey of one release, played on a running platform: `STATE NEW`. Prints what came of it.

It runs on the packages of the release before: clients are upgraded last. `NEW` names the services
that are of this release, with commas. What those ask for before they allow what the release before
allowed is added here, as whoever runs the clinics would add it before the upgrade: it is written
down as a break in `tests/contract/accepted_breaks.toml` and in the changelog.
"""

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from kairos_cli.demo.journey import play
from kairos_cli.demo.people import Answer, Person
from kairos_cli.platform import Platform
from kairos_cli.state import State

NEW = set(sys.argv[2].split(","))
_ANSWERS = {
    "off_label": "not_reviewed",
    "alternatives": "several",
    "relapse": "maybe",
    "body": "pressure",
    "repeated": "hearing",
    "driving": "next_day",
    "escort": "no_dose",
    "withdrawal": "any_time",
    "touch": "before",
    "crisis": "call",
}
# Beside each of these, what a lead of doses now needs as well.
_CARDS = {"dea_registration": ("npi", "malpractice_insurance"), "bls": ("acls",)}
_post = Person.post


class Silent:
    """Watches and says nothing."""

    def scene(self, title: str) -> None: ...

    def begins(self, step: Any) -> None: ...

    def ends(self, step: Any) -> None: ...


def baseline(at: datetime) -> dict[str, Any]:
    """Fasting, sober and well: asked before a dose by dosing of this release."""
    return {
        "last_solids_at": (at - timedelta(hours=12)).isoformat(),
        "last_fluids_at": (at - timedelta(hours=5)).isoformat(),
        "medications": {"antidepressant": (at - timedelta(hours=5)).isoformat()},
        "intoxicated": False,
        "acute_change": False,
        "pregnancy": "negative",
        "pregnancy_tested_on": (at - timedelta(days=1)).date().isoformat(),
        "suicide_screen": "negative",
    }


def complete(service: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The body with what a service of this release asks for beyond it."""
    if service not in NEW:
        return body
    if path.endswith("/observations"):
        at = datetime.fromisoformat(body["observed_at"])
        return {**body, "baseline": baseline(at), "oximetry_continuous": True}
    if service == "intake" and path.endswith("/signature") and "comprehension" in body:
        return {**body, "comprehension": {"answers": _ANSWERS}}
    return body


def post(
    self: Person,
    service: str,
    path: str,
    body: dict[str, Any] | None = None,
    etag: str | None = None,
) -> Answer:
    """As the person does it, with what is asked for now."""
    answer = _post(
        self, service, path, None if body is None else complete(service, path, body), etag
    )
    asked = service == "scheduling" and service in NEW and path.endswith("/credentials")
    if asked and body is not None:
        for kind in _CARDS.get(body["kind"], ()):
            _post(self, service, path, {**body, "kind": kind, "state": None})
    return answer


Person.post = post  # type: ignore[method-assign]
played = play(Platform(State(Path(sys.argv[1]))), Silent(), patience_s=90.0)
answer = {"fault": played.fault, "steps": len(played.steps), "events": played.events}
sys.stdout.write(json.dumps(answer) + "\n")
