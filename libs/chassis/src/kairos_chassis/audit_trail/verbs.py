"""`python -m <service> audit verify | anchor | prove | search`."""

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from kairos_chassis.audit_trail import anchors, store
from kairos_chassis.audit_trail.search import LIMIT, Question, search
from kairos_chassis.audit_trail.verify import Verdict, prove, verify
from kairos_chassis.errors import Kind
from kairos_chassis.operations.answers import Answer
from kairos_chassis.operations.verbs import Connect, Verb
from kairos_chassis.settings import AnchorSettings


class AnchorUnreadableError(Exception):
    """The anchor file cannot be read, or holds what is no anchor."""

    slug = "anchor_unreadable"
    kind = Kind.REFUSED


class NotSealedError(Exception):
    """There is no sealed audit entry of this id."""

    slug = "not_sealed"
    kind = Kind.NOT_FOUND


def audit_verb(service: str) -> Verb:
    """The verb of a service."""

    async def act(asked: argparse.Namespace, connect: Connect) -> Answer:
        if asked.act == "verify":
            return await _verify(service, asked.anchor, connect)
        if asked.act == "anchor":
            return await _anchor(service, connect)
        if asked.act == "prove":
            return await _prove(asked.entry, connect)
        return await _search(asked, connect)

    summary = "the audit trail: is it what was sealed, and who did what"
    return Verb(name="audit", help=summary, arguments=_arguments, act=act)


def _arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="WHAT")
    check = acts.add_parser("verify", help="find the first entry that is not as it was sealed")
    check.add_argument("--anchor", type=Path, help="anchors; default: KAIROS_AUDIT_ANCHOR_FILE")
    anchor = acts.add_parser("anchor", help="the head of the chain, to be kept elsewhere")
    proof = acts.add_parser("prove", help="the path from an entry to its checkpoint's root")
    proof.add_argument("entry", type=int)
    find = acts.add_parser("search", help="entries of one network, newest first")
    find.add_argument("--network", type=UUID, required=True)
    for name in ("patient", "actor"):
        find.add_argument(f"--{name}", type=UUID)
    find.add_argument("--action")
    find.add_argument("--outcome", choices=["allowed", "refused", "failed"])
    for name in ("since", "until"):
        find.add_argument(f"--{name}", type=_instant, help="with its offset from UTC")
    find.add_argument("--limit", type=int, default=50, help=f"at most {LIMIT}")
    for one in (check, anchor, proof, find):
        one.add_argument("--json", action="store_true", help="for programs: one JSON document")


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise argparse.ArgumentTypeError("say the offset from UTC: 2027-03-01T12:00:00+00:00")
    return at


async def _verify(service: str, given: Path | None, connect: Connect) -> Answer:
    path = given or AnchorSettings().audit_anchor_file
    known = [] if path is None or (given is None and not path.exists()) else _read(path, service)
    async with connect() as db:
        verdict = await verify(db, known)
    document = {
        "whole": verdict.fault is None,
        "fault": None if verdict.fault is None else _fields(verdict.fault),
        "checkpoints": verdict.checkpoints,
        "entries": verdict.entries,
        "unsealed": verdict.unsealed,
        "anchored": verdict.anchored,
    }
    code = 0 if verdict.fault is None else 1
    return Answer(document=document, lines=_lines(verdict), code=code)


def _lines(verdict: Verdict) -> list[str]:
    if verdict.fault is not None:
        return [f"NOT WHOLE  {verdict.fault}"]
    sealed = f"{verdict.entries} entries in {verdict.checkpoints} checkpoints"
    lines = [f"whole      {sealed}, {verdict.unsealed} newer and not sealed yet"]
    if verdict.anchored == 0:
        lines.append("no anchor: a trail rewritten as a whole, or cut at its end, looks whole too")
    return lines


async def _anchor(service: str, connect: Connect) -> Answer:
    async with connect() as db, db.transaction(None) as tx:
        last = await store.last_checkpoint(tx)
    if last is None:
        return Answer(document={"anchor": None}, lines=["nothing is sealed yet"], code=0)
    anchor = anchors.anchor_of(service, last)
    return Answer(document={"anchor": _fields(anchor)}, lines=[anchor.line()], code=0)


async def _prove(entry_id: int, connect: Connect) -> Answer:
    async with connect() as db:
        proof = await prove(db, entry_id)
    if proof is None:
        raise NotSealedError
    lines = [f"{name:<16}{value}" for name, value in proof.items() if name != "path"]
    lines += [f"{step['side']:<16}{step['hash']}" for step in proof["path"]]
    return Answer(document=proof, lines=lines, code=0)


async def _search(asked: argparse.Namespace, connect: Connect) -> Answer:
    question = Question(
        patient_id=asked.patient,
        actor=asked.actor,
        action=asked.action,
        outcome=asked.outcome,
        since=asked.since,
        until=asked.until,
    )
    async with connect() as db, db.transaction(asked.network) as tx:
        found = [dict(row) for row in await search(tx, question, asked.limit)]
    lines = [
        f"{row['at'].isoformat()}  {row['outcome']:<8}{row['action']:<28}"
        f"{row['actor'] or '-'}  {row['resource']}  {row['reason'] or ''}".rstrip()
        for row in found
    ]
    return Answer(document={"entries": found}, lines=[*lines, f"{len(found)} entries"], code=0)


def _read(path: Path, service: str) -> list[anchors.Anchor]:
    try:
        return anchors.read(path, service)
    except (OSError, ValueError) as unreadable:
        raise AnchorUnreadableError from unreadable


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}
