"""What operators do with this service: `python -m dosing protocols test | ledger …`.

Submitting, signing and publishing a protocol are no operator's acts: people do them with an access
token of theirs, over HTTP, where the platform checks who it is.
"""

import argparse
import tomllib
from pathlib import Path
from typing import Any
from uuid import UUID

from kairos_chassis.operations import Answer, Connect, Verb

from dosing import data
from dosing.use_cases.seal_ledgers import seal_ledgers
from dosing.use_cases.verify_ledgers import verify_ledgers


def _protocol_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", choices=["test"], help="figures sourced, no contradiction, examples")
    parser.add_argument("file", nargs="*", type=Path, help="TOML; without any, those shipped")


async def _protocols(asked: argparse.Namespace, connect: Connect) -> Answer:
    return _tested(asked.file)


def _tested(files: list[Path]) -> Answer:
    texts = {path.name: tomllib.loads(path.read_text()) for path in files}
    if not files:
        # Version 1 of the first protocol was written before examples were: sessions keep it.
        texts = {name: data.document(name) for name in data.PROTOCOLS[1:]}
    faults = {name: data.faults_of(text) for name, text in texts.items()}
    lines = []
    for name, text in texts.items():
        lines.append(f"{name}  {data.hash_of(text)}  {'sound' if not faults[name] else 'UNSOUND'}")
        lines += [f"  {fault}" for fault in faults[name]]
    wrong = any(faults.values())
    return Answer(document={"faults": faults}, lines=lines, code=1 if wrong else 0)


def _ledger_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="WHAT")
    for name, what in (
        ("verify", "find any edited, deleted, inserted, swapped or truncated entry"),
        ("seal", "seal all ledgers as they stand"),
    ):
        one = acts.add_parser(name, help=what)
        one.add_argument("--network", required=True, type=UUID)
        one.add_argument("--json", action="store_true", help="for programs: one JSON document")
        if name == "verify":
            one.add_argument("--root", help="of a seal that was kept elsewhere: it must be here")


async def _ledger(asked: argparse.Namespace, connect: Connect) -> Answer:
    async with connect() as db, db.transaction(asked.network) as tx:
        if asked.act == "seal":
            sealed = await seal_ledgers(tx)
            if sealed is None:
                return Answer(document={"seq": None}, lines=["nothing to seal"], code=0)
            return _done(seq=sealed.seq, root=sealed.root, entries=sealed.entries)
        found = await verify_ledgers(tx, asked.root)
    lines = [f"{where}  {', '.join(what)}" for where, what in found.faults.items()]
    end = "BROKEN" if found.faults else "intact"
    lines.append(f"{found.containers} containers, {found.entries} entries: {end}")
    document = {
        "containers": found.containers,
        "entries": found.entries,
        "checkpoints": found.checkpoints,
        "faults": found.faults,
    }
    return Answer(document=document, lines=lines, code=1 if found.faults else 0)


def _done(**facts: Any) -> Answer:
    lines = [f"{name}  {value}" for name, value in facts.items()]
    return Answer(document=facts, lines=lines, code=0)


VERBS = (
    Verb(
        name="protocols",
        help="test protocols",
        arguments=_protocol_arguments,
        act=_protocols,
    ),
    Verb(
        name="ledger",
        help="verify and seal the controlled-substance ledgers",
        arguments=_ledger_arguments,
        act=_ledger,
    ),
)
