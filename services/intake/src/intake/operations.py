"""What operators do with rule files: test, dry-run, sign and publish them."""

import argparse
import sys
import tomllib
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID

from kairos_chassis import audit
from kairos_chassis.db import Transaction
from kairos_chassis.operations import Answer, Connect, Verb
from kairos_events.uuid7 import uuid7

from intake.data.rules.combining import (
    RULE_SET,
    combined,
    kind_of,
    loosened_by,
    sha256_of,
)
from intake.domain.rule_errors import RuleFileUnsound
from intake.use_cases.dry_run_rules import Difference, DryRunRules, dry_run_rules
from intake.use_cases.publish_rules import PublishRules, publish_rules
from intake.use_cases.sign_rules import SignRules, sign_rules

_PAGE_PATIENTS = 500
_ACTS = {
    "test": "prove a rule file on its own examples, and say what it loosens",
    "dry-run": "evaluate the screenings of a network by it, and keep nothing",
    "sign": "sign it as a medical director, which what loosens a rule takes",
    "publish": "put it in force for a network",
}


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", choices=sorted(_ACTS), help="; ".join(_ACTS.values()))
    parser.add_argument("file", type=Path, help="a rule set or an overlay, TOML")
    parser.add_argument("--network", type=UUID, help="whose screenings, whose rules")
    parser.add_argument("--by", type=UUID, help="who signs or publishes")


async def _act(asked: argparse.Namespace, connect: Connect) -> Answer:
    document = _read(asked.file)
    if asked.act == "test":
        return _tested(document)
    if asked.network is None or (asked.by is None and asked.act != "dry-run"):
        raise RuleFileUnsound("name the network, and who signs or publishes")
    if asked.act == "dry-run":
        return await _dry_run(document, asked.network, connect)
    async with connect() as db, db.transaction(asked.network) as tx:
        answer = await (_sign if asked.act == "sign" else _publish)(document, asked.by, tx)
        audit.record(tx, _told(asked), "allowed", reason=f"rules_{asked.act}_by_operator")
        return answer


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise RuleFileUnsound(f"cannot be read: {fault}") from None


def _told(asked: argparse.Namespace) -> audit.Act:
    """What the audit trail keeps: by whom, and which file."""
    return audit.Act(
        action=f"rules.{asked.act}",
        purpose="HOPERAT",
        resource=f"rules by {asked.by}",
        request_id=uuid7(),
        source_address=None,
        caller=None,
    )


def _tested(document: dict[str, Any]) -> Answer:
    """Every example finds what it says, no unknown passes; the findings are counted."""
    loose = loosened_by(document, None)
    rules = combined(document, ()) if kind_of(document) == RULE_SET else combined(None, (document,))
    findings = Counter(e.finding.value for r in rules.rules for e in r.text.examples)
    counted = ", ".join(f"{count} {name}" for name, count in sorted(findings.items()))
    lines = [
        f"{rules.version}: {len(rules.rules)} rules hold",
        f"examples: {counted}",
        f"loosens: {', '.join(loose) or 'nothing'}",
    ]
    told = {
        "version": rules.version,
        "rules": len(rules.rules),
        "examples": dict(findings),
        "loosens": list(loose),
        "sha256": sha256_of(document),
    }
    return Answer(document=told, lines=lines, code=0)


async def _sign(document: dict[str, Any], by: UUID, tx: Transaction) -> Answer:
    sha256, loose = await sign_rules(SignRules(document=document, signed_by=by), tx)
    lines = [f"signed {sha256}", f"loosens: {', '.join(loose) or 'nothing'}"]
    return Answer(document={"sha256": sha256, "loosens": list(loose)}, lines=lines, code=0)


async def _publish(document: dict[str, Any], by: UUID, tx: Transaction) -> Answer:
    made = await publish_rules(PublishRules(document=document, published_by=by), tx)
    lines = [f"{made.kind} {made.version} is in force", f"signed by {made.signed_by or 'nobody'}"]
    told = {"version": made.version, "sha256": made.sha256, "loosens": list(made.loosens)}
    return Answer(document=told, lines=lines, code=0)


async def _dry_run(document: dict[str, Any], network: UUID, connect: Connect) -> Answer:
    """Page by page, each in a transaction of its own. Exit code 1 if somebody would change."""
    screenings, differences, after = 0, list[Difference](), None
    async with connect() as db:
        while True:
            async with db.transaction(network) as tx:
                command = DryRunRules(document=document, after=after, patients=_PAGE_PATIENTS)
                page = await dry_run_rules(command, tx)
            if page.last is None:
                break
            screenings, after = screenings + page.screenings, page.last
            differences += page.differences
            sys.stderr.write(f"{screenings} screenings, {len(differences)} would change\n")
            sys.stderr.flush()
    moves = Counter(f"{d.before or 'pass'} to {d.after or 'pass'}" for d in differences)
    lines = [
        *(
            f"{d.patient_id}  {d.route}  {d.before or 'pass'} to {d.after or 'pass'}"
            f"  {', '.join(d.rules)}"
            for d in differences
        ),
        *(f"{count} {move}" for move, count in sorted(moves.items())),
        f"{len(differences)} of {screenings} screenings would change",
    ]
    told = {"screenings": screenings, "moves": moves, "changed": [asdict(d) for d in differences]}
    return Answer(document=told, lines=lines, code=1 if differences else 0)


verbs = (
    Verb(
        name="rules",
        help="rule files: test, dry-run, sign, publish",
        arguments=_arguments,
        act=_act,
    ),
)
