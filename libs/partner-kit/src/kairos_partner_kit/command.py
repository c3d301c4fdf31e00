"""`kairos-conformance`: prove, offline, that a consumer of Kairos' public events is a safe one."""

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kairos_events.asyncapi import asyncapi_text
from kairos_events.contract_files import packaged
from kairos_events.registry import events
from kairos_events.topics import topics

from kairos_partner_kit.answers import AnswerError, answers_from
from kairos_partner_kit.cases import readable
from kairos_partner_kit.feed import SEED, Feed, feed_for
from kairos_partner_kit.reading import ReadsError, reads_problems
from kairos_partner_kit.running import ConsumerFailed, answers_of, lines_of
from kairos_partner_kit.verdict import Verdict, judge

FAILED = 1
WRONG_CALL = 2
_PATIENCE_S = 60.0


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; 0: passed or done, 1: not conformant, 2: a wrong call."""
    given = _parser().parse_args(words)
    try:
        code: int = given.run(given)
    except (LookupError, AnswerError, ReadsError, ConsumerFailed, OSError) as error:
        sys.stderr.write(f"{error.args[-1] if error.args else error}\n")
        return WRONG_CALL
    return code


def _feed(given: argparse.Namespace) -> Feed:
    return feed_for(readable(given.reads), given.seed)


def _tell_feed(given: argparse.Namespace) -> int:
    sys.stdout.write(lines_of(_feed(given)))
    return 0


def _judge(given: argparse.Namespace) -> int:
    text = given.answers.read_text("utf-8")
    return _say(judge(_feed(given), answers_from(text.splitlines())), given)


def _run(given: argparse.Namespace) -> int:
    feed = _feed(given)
    return _say(judge(feed, answers_of(given.program, feed, given.timeout)), given)


def _export(given: argparse.Namespace) -> int:
    """Schemas, examples and the AsyncAPI document, as files for any language."""
    files = packaged()
    for folder in (files.schemas, files.examples):
        shutil.copytree(folder, given.folder / folder.name, dirs_exist_ok=True)
    document = given.folder / "asyncapi.json"
    document.write_text(asyncapi_text(events(), topics(), files), "utf-8")
    sys.stdout.write(f"wrote schemas, examples and {document.name} to {given.folder}\n")
    return 0


def _check_reads(given: argparse.Namespace) -> int:
    found = reads_problems(given.file.read_text("utf-8"))
    if given.json:
        _say_json([asdict(problem) for problem in found])
    for problem in () if given.json else found:
        sys.stdout.write(f"{problem.event} {problem.path} {problem.rule} ({problem.version})\n")
    if not given.json and not found:
        sys.stdout.write("passed: your schemas accept all that may be written\n")
    return FAILED if found else 0


def _say(verdict: Verdict, given: argparse.Namespace) -> int:
    if given.json:
        _say_json({"passed": verdict.passed, **asdict(verdict)})
        return 0 if verdict.passed else FAILED
    for finding in verdict.findings:
        sys.stdout.write(f"{'passed' if finding.passed else 'FAILED'}  {finding.case}\n")
        if not finding.passed:
            sys.stdout.write(f"        {finding.promise}\n")
        for fault in finding.faults:
            sys.stdout.write(f"        - {fault}\n")
    for fault in verdict.faults:
        sys.stdout.write(f"FAILED  {fault}\n")
    failed = sum(not finding.passed for finding in verdict.findings)
    said = "conformant" if verdict.passed else "NOT conformant"
    sys.stdout.write(f"{said}: {len(verdict.findings)} cases, {failed} failed\n")
    return 0 if verdict.passed else FAILED


def _say_json(document: Any) -> None:
    sys.stdout.write(json.dumps(document, indent=2) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kairos-conformance", description=__doc__)
    commands = parser.add_subparsers(required=True)
    feed = commands.add_parser("feed", help="write the feed, one record a line")
    feed.set_defaults(run=_tell_feed)
    answers = commands.add_parser("judge", help="judge the answers that a consumer has written")
    answers.set_defaults(run=_judge)
    answers.add_argument("answers", type=Path)
    run = commands.add_parser("run", help="run a consumer on the feed, and judge what it answers")
    run.set_defaults(run=_run)
    for command in (feed, answers, run):
        command.add_argument("--seed", type=int, default=SEED, help="another order of the records")
        command.add_argument(
            "--reads",
            type=lambda text: text.split(","),
            default=[],
            metavar="TYPE,TYPE",
            help="event types (default: all)",
        )
    run.add_argument("--timeout", type=float, default=_PATIENCE_S, help="seconds (default: 60)")
    run.add_argument("--program", nargs=argparse.REMAINDER, required=True, help="comes last")
    reads = commands.add_parser("reads", help="hold your own schemas against every version")
    reads.set_defaults(run=_check_reads)
    reads.add_argument("file", type=Path)
    for command in (answers, run, reads):
        command.add_argument("--json", action="store_true", help="for programs")
    export = commands.add_parser("export", help="write schemas, examples and AsyncAPI to a folder")
    export.set_defaults(run=_export)
    export.add_argument("folder", type=Path)
    return parser
