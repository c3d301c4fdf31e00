"""What operators do with rule files, and with questionnaires that become instruments.

Signing and publishing are no operator's acts: a medical director does them with an access token of
theirs, over HTTP, where the platform checks who it is.
"""

import argparse
import json
import sys
import tomllib
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from kairos_chassis import audit, patient_keys
from kairos_chassis.db import Database
from kairos_chassis.errors import Kind
from kairos_chassis.operations import Answer, Connect, Verb
from kairos_chassis.operations.codes import code
from kairos_chassis.operations.opening import act_of
from kairos_chassis.operations.replaying import WhoAndWhyError
from kairos_chassis.retention import retention_of
from kairos_events.uuid7 import uuid7

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
from intake.store import clearances, identity, reindexing, sealing
from intake.use_cases.admit_erasure import AdmitErasure, admit_erasure
from intake.use_cases.dry_run_rules import Difference, DryRunRules, dry_run_rules
from intake.use_cases.erase_again import EraseAgain, erase_again
from intake.use_cases.erase_patient import ErasePatient, erase_patient


class RingMissing(Exception):
    """Nothing can be sealed without a ring: set KAIROS_KEY_RING_FILE."""

    slug = "ring_missing"
    kind = Kind.INVALID


@dataclass(frozen=True, slots=True)
class Looked:
    """A person, the first day on which the chart may go, and what stands against it today."""

    patient_id: UUID
    from_day: date
    against: tuple[str, ...]


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


def _identity_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="WHAT")
    seal = acts.add_parser("seal", help="seal who patients are, once no older process runs")
    again = acts.add_parser("erase-again", help="erase whom a restored copy has brought back")
    again.add_argument("--ledger", type=Path, help="of patient-keys erased; default: this one's")
    for one in (seal, again):
        one.add_argument("--json", action="store_true", help="for programs: one JSON document")


async def _identity(asked: argparse.Namespace, connect: Connect) -> Answer:
    async with connect() as db:
        if asked.act == "erase-again":
            return await _erase_again(db, _entries(asked.ledger))
        if db.sealing is None:
            raise RingMissing
        async with db.transaction(None) as tx:
            await sealing.begin(tx)
        done = await reindexing.index_anew(db, db.sealing.ring)
        async with db.transaction(None) as tx:
            await sealing.complete(tx)
    return Answer(document={"sealed": done}, lines=[f"{done} patients sealed"], code=0)


def _entries(ledger: Path | None) -> list[tuple[UUID, UUID]] | None:
    """Of a file with a network and an id in each line."""
    if ledger is None:
        return None
    pairs = [line.split() for line in ledger.read_text("utf-8").splitlines() if line]
    return [(UUID(network), UUID(patient)) for network, patient in pairs]


async def _erase_again(db: Database, ledger: list[tuple[UUID, UUID]] | None) -> Answer:
    """Each in a transaction of its own; a repeat finds nothing left to do."""
    erased = await patient_keys.erased(db) if ledger is None else ledger
    done = 0
    for network, patient in erased:
        async with db.transaction(network) as tx:
            again = EraseAgain(patient_id=patient, request_id=uuid7())
            done += await erase_again(again, tx)
    told = {"in_ledger": len(erased), "erased_again": done}
    return Answer(document=told, lines=[f"{done} of {len(erased)} erased again"], code=0)


def _retention_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="WHAT")
    show = acts.add_parser("show", help="the schedules of a network, each with its source")
    due = acts.add_parser("due", help="whose chart need be kept no longer, and what holds others")
    due.add_argument("--yes", action="store_true", help="erase them; without, only show")
    due.add_argument("--actor", type=UUID, help="who decided it")
    due.add_argument("--reason", type=code, help="why, as a code")
    for one in (show, due):
        one.add_argument("--network", type=UUID, required=True)
        one.add_argument("--json", action="store_true", help="for programs: one JSON document")


async def _retention(asked: argparse.Namespace, connect: Connect) -> Answer:
    if asked.act == "show":
        kept = retention_of(asked.network)
        lines = [schedule.line() for schedule in kept.schedules.values()]
        return Answer(document={"version": kept.version, "schedules": lines}, lines=lines, code=0)
    if asked.yes and (asked.actor is None or asked.reason is None):
        raise WhoAndWhyError
    async with connect() as db:
        async with db.transaction(asked.network) as tx:
            everybody = await identity.known(tx)
        found = [await _let_go(asked, db, patient) for patient in everybody]
    due = [str(one.patient_id) for one in found if not one.against]
    lines = [
        f"{one.patient_id}  {one.from_day}  {', '.join(one.against) or 'due'}" for one in found
    ]
    end = "erased" if asked.yes else "due; nothing was erased: add --yes --actor ID --reason CODE"
    told = {"due": due, "erased": asked.yes, "patients": [asdict(one) for one in found]}
    code = 1 if due and not asked.yes else 0
    return Answer(document=told, lines=[*lines, f"{len(due)} of {len(found)} {end}"], code=code)


async def _let_go(asked: argparse.Namespace, db: Database, patient: UUID) -> Looked:
    """Look at one person, and erase who it was if that is asked for and nothing forbids it."""
    async with db.transaction(asked.network) as tx:
        await clearances.lock(tx, patient)
        admission = await admit_erasure(AdmitErasure(patient_id=patient), tx)
        if asked.yes and not admission.against:
            await erase_patient(ErasePatient(patient_id=patient, request_id=uuid7()), tx)
            act = act_of(tx, asked)
            audit.record(tx, act, "allowed", patient_id=patient, reason=asked.reason)
        return Looked(patient, admission.from_day, tuple(admission.against))


verbs = (
    Verb(
        name="identity",
        help="who patients are: sealed, and erased again in a restored copy",
        arguments=_identity_arguments,
        act=_identity,
    ),
    Verb(
        name="retention",
        help="how long charts are kept; whose may go; nothing is erased without --yes",
        arguments=_retention_arguments,
        act=_retention,
    ),
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
