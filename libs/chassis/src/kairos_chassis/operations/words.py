"""The words of a service process: its verbs, and what each wants to be told."""

import argparse
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from kairos_chassis.operations import replaying
from kairos_chassis.operations.codes import code
from kairos_chassis.operations.verbs import Verb

VERBS: Final = ("parked", "adopt-broker", "replay")
_SET_ASIDE: Final = ("discard", "accept-gap")
_PARKED: Final = {
    "show": "the events of a key that wait: sequence, type and why, never their content",
    "release": "replay a key in order until nothing waits or an event holds it again",
    "discard": "set the first event that waits aside for good, then release",
    "accept-gap": "give up the events missing before the first that waits, then release",
}
_EXIT_CODES: Final = (
    "Exit codes: 0 done, nothing waits; 1 something still waits, or for a confirmation; "
    "2 wrong words or settings; 3 refused; 4 database or broker does not answer."
)


def make_parser(service: str, summary: str, own: Sequence[Verb] = ()) -> argparse.ArgumentParser:
    """The command line of a service process. Parsing exits 2 for one that says too little."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {service}", description=summary, epilog=_EXIT_CODES
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("serve", help="answer HTTP")
    verbs.add_parser("work", help="relay events to the bus and consume those of others")
    verbs.add_parser("migrate", help="bring the database to the newest revision")
    _add_parked(verbs.add_parser("parked", help="events that wait", epilog=_EXIT_CODES))
    adopt = verbs.add_parser(
        "adopt-broker", help="start over on a new, empty broker", epilog=_EXIT_CODES
    )
    adopt.add_argument("--cluster-id", help="the id that this verb showed as answering")
    adopt.add_argument("--yes", action="store_true", help="publish every event anew, there")
    _add_json(adopt)
    replay = verbs.add_parser(
        "replay", help="make a read model or an emptied topic anew", epilog=_EXIT_CODES
    )
    for act in replaying.add_words(replay):
        _add_json(act)
    for verb in own:
        one = verbs.add_parser(verb.name, help=verb.help, description=verb.help, epilog=_EXIT_CODES)
        verb.arguments(one)
        _add_json(one)
    return parser


def _add_parked(parked: argparse.ArgumentParser) -> None:
    acts = parked.add_subparsers(dest="act", required=True, metavar="WHAT")
    _add_json(acts.add_parser("list", help="every key that waits, the longest first"))
    for name, what in _PARKED.items():
        act = acts.add_parser(name, help=what, description=what, epilog=_EXIT_CODES)
        act.add_argument("topic")
        act.add_argument("key")
        if name in _SET_ASIDE:
            act.add_argument("--reason", required=True, type=code, help="why, as a code")
            act.add_argument("--actor", required=True, type=UUID, help="who decided it")
            act.add_argument(
                "--second-person", required=True, type=UUID, help="who else agreed to it"
            )
        _add_json(act)


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs: one JSON document")
