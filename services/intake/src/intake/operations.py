"""What operators do with rule files, and with questionnaires that become instruments.

Signing and publishing are no operator's acts: a medical director does them with an access token of
theirs, over HTTP, where the platform checks who it is.
"""

import argparse
import json
import sys
import tomllib
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID

from kairos_chassis.operations import Answer, Connect, Verb

from intake.data.fhir_questionnaires import draft_of, file_of
from intake.data.hashing import sha256_of
from intake.data.rules.combining import (
    RULE_SET,
    combined,
    kind_of,
    loosened_by,
)
from intake.domain.instrument import Licence
from intake.domain.record_errors import QuestionnaireUnsound
from intake.domain.rule_errors import RuleFileUnsound
from intake.use_cases.dry_run_rules import Difference, DryRunRules, dry_run_rules

_PAGE_PATIENTS = 500
_ACTS = {
    "test": "prove a rule file on its own examples, and say what it loosens",
    "dry-run": "evaluate the screenings of a network by it, and keep nothing",
}


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", choices=sorted(_ACTS), help="; ".join(_ACTS.values()))
    parser.add_argument("file", type=Path, help="a rule set or an overlay, TOML")
    parser.add_argument("--network", type=UUID, help="whose screenings")


async def _act(asked: argparse.Namespace, connect: Connect) -> Answer:
    document = _read(asked.file)
    if asked.act == "test":
        return _tested(document)
    if asked.network is None:
        raise RuleFileUnsound("name the network whose screenings are tried")
    return await _dry_run(document, asked.network, connect)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise RuleFileUnsound(f"cannot be read: {fault}") from None


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


def _instrument_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", choices=["draft"], help="an instrument file of a FHIR Questionnaire")
    parser.add_argument("file", type=Path, help="a FHIR R4 Questionnaire, JSON")
    parser.add_argument(
        "--licence", type=Licence, default=Licence.NEED_PERMISSION, choices=list(Licence),
        help="what may be shipped of it: texts are taken over with SHIP only",
    )  # fmt: skip
    parser.add_argument("--recall-days", type=int, default=14, help="the time it asks about")


async def _draft(asked: argparse.Namespace, _connect: Connect) -> Answer:
    """Proved like a file that ships; bands and triggers are a clinician's to add."""
    try:
        questionnaire = json.loads(asked.file.read_text("utf-8"))
    except (OSError, ValueError) as fault:
        raise QuestionnaireUnsound(f"cannot be read: {fault}") from None
    if not isinstance(questionnaire, dict):
        raise QuestionnaireUnsound("is no Questionnaire")
    document = file_of(draft_of(questionnaire, asked.licence, asked.recall_days))
    lines = json.dumps(document, indent=2, ensure_ascii=False).splitlines()
    return Answer(document=document, lines=lines, code=0)


verbs = (
    Verb(
        name="instruments",
        help="draft: an instrument file of a FHIR Questionnaire, for a clinician to complete",
        arguments=_instrument_arguments,
        act=_draft,
    ),
    Verb(
        name="rules",
        help="rule files: test, dry-run",
        arguments=_arguments,
        act=_act,
    ),
)
