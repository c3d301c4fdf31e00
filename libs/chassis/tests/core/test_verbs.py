"""A service's own verbs: told apart from the process's, with answers for people and programs."""

import argparse
import json

import pytest
from kairos_chassis.errors import Kind
from kairos_chassis.operations import Answer, Connect, Verb
from kairos_chassis.operations.run import REFUSED, UNREACHABLE, run_own
from kairos_chassis.operations.words import make_parser


class NotSigned(Exception):
    """A rule set must be signed first."""

    slug = "not_signed"
    kind = Kind.CONFLICT


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("act", choices=["test", "refuse", "away", "break"])


async def act(asked: argparse.Namespace, _connect: Connect) -> Answer:
    match asked.act:
        case "refuse":
            raise NotSigned
        case "away":
            raise ConnectionRefusedError
        case "break":
            raise ZeroDivisionError
    return Answer(document={"passed": 3}, lines=["3 passed"], code=0)


RULES = Verb(name="rules", help="work with rules", arguments=arguments, act=act)


def nobody_connects() -> None:
    raise AssertionError("this verb needs no database")


async def run(*words: str) -> int:
    asked = make_parser("test", "A test", [RULES]).parse_args(["rules", *words])
    return await run_own(RULES, nobody_connects, asked)  # type: ignore[arg-type]


async def test_an_answer_is_lines_for_people_and_a_document_for_programs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await run("test") == 0
    assert capsys.readouterr().out == "3 passed\n"
    assert await run("test", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"passed": 3}


async def test_a_refusal_says_which_rule_and_exits_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert await run("refuse") == REFUSED
    assert capsys.readouterr().err == "not_signed: A rule set must be signed first.\n"


async def test_a_database_that_is_away_exits_4() -> None:
    assert await run("away") == UNREACHABLE


async def test_a_fault_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        await run("break")


def test_a_verb_nobody_declared_is_not_taken() -> None:
    with pytest.raises(SystemExit):
        make_parser("test", "A test").parse_args(["rules", "test"])
