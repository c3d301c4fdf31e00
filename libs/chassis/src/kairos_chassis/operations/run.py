"""Doing what an operator asked a service process for, and saying how it went."""

import argparse
import sys
from typing import Final

import orjson

from kairos_chassis import telemetry
from kairos_chassis.bus import adoption, parking
from kairos_chassis.bus.broker import BusSettings, ClusterWatch
from kairos_chassis.bus.catalogue import replay_of
from kairos_chassis.bus.operator import Decision, NoGapError, Operator, SamePersonError
from kairos_chassis.db import Database
from kairos_chassis.failure import error_name, is_infrastructure
from kairos_chassis.handlers import Handlers
from kairos_chassis.operations import answers, replaying
from kairos_chassis.operations.answers import Answer
from kairos_chassis.operations.opening import keep, opened
from kairos_chassis.operations.verbs import Connect, Verb
from kairos_chassis.settings import Settings

REFUSED: Final = 3
UNREACHABLE: Final = 4
_REFUSALS: Final = (
    SamePersonError,
    NoGapError,
    parking.NothingParkedError,
    parking.GapComesFirstError,
    adoption.NothingToAdoptError,
    adoption.AnotherClusterError,
    *replaying.REFUSALS,
    replaying.OwnerMissingError,
    replaying.WhoAndWhyError,
    replaying.NotOursError,
)


async def run(handlers: Handlers, settings: Settings, asked: argparse.Namespace) -> int:
    """Do it, say it on standard output, and return the exit code."""
    telemetry.configure_logs(handlers.service, settings.log_level, sys.stderr)
    try:
        if asked.verb == "replay":
            answer = await replaying.answer_about_replay(handlers, settings, asked)
        else:
            answer = await _connected(handlers, settings, asked)
    except _REFUSALS as refusal:
        answer = _refused(refusal)
    except Exception as error:
        if not is_infrastructure(error):
            raise
        answer = _no("unreachable", f"Database or broker: {error_name(error)}.", UNREACHABLE)
    _say(answer, as_json=asked.json)
    return answer.code


async def run_own(verb: Verb, connect: Connect, asked: argparse.Namespace) -> int:
    """Run a verb of the service's own, say its answer, and return the exit code."""
    try:
        answer = await verb.act(asked, connect)
    except Exception as error:
        if is_infrastructure(error):
            answer = _no("unreachable", f"Database: {error_name(error)}.", UNREACHABLE)
        elif hasattr(error, "slug") and hasattr(error, "kind"):
            answer = _refused(error)
        else:
            raise
    _say(answer, as_json=asked.json)
    return answer.code


async def answer_about_keys(operator: Operator, asked: argparse.Namespace) -> Answer:
    """What the verb `parked` answers; a refusal is an answer too."""
    try:
        return await _act(operator, asked)
    except _REFUSALS as refusal:
        return _refused(refusal)


async def answer_about_broker(
    db: Database, watch: ClusterWatch, asked: argparse.Namespace
) -> Answer:
    """What the verb `adopt-broker` answers. Without --cluster-id and --yes it only shows."""
    offer = await adoption.look(db, watch)
    if asked.cluster_id is None or not asked.yes:
        return answers.of_offer(offer, adopted=False)
    try:
        await adoption.adopt(db, offer, asked.cluster_id)
    except _REFUSALS as refusal:
        return _refused(refusal)
    return answers.of_offer(offer, adopted=True)


async def _connected(handlers: Handlers, settings: Settings, asked: argparse.Namespace) -> Answer:
    async with opened(handlers.service, settings, asked) as db:
        if asked.verb == "parked":
            operator = Operator(db, handlers.service, replay_of(handlers, db))
            answer = await answer_about_keys(operator, asked)
        else:
            bus = BusSettings(bootstrap=settings.kafka_bootstrap, client_id="kairos-operator")
            answer = await answer_about_broker(db, ClusterWatch(bus), asked)
        if answer.code == REFUSED:
            await keep(db, asked, "refused")
        return answer


async def _act(operator: Operator, asked: argparse.Namespace) -> Answer:
    if asked.act == "list":
        return answers.of_keys(await operator.keys())
    where = (asked.topic, asked.key)
    if asked.act == "show":
        return answers.of_waiting(await operator.show(*where))
    if asked.act == "release":
        return answers.of_release(await operator.release(*where))
    decision = Decision(reason=asked.reason, actor=asked.actor, second_person=asked.second_person)
    set_aside = operator.discard if asked.act == "discard" else operator.accept_gap
    return answers.of_release(await set_aside(*where, decision))


def _refused(refusal: Exception) -> Answer:
    slug = str(getattr(refusal, "slug", error_name(refusal)))
    return _no(slug, (type(refusal).__doc__ or "").partition("\n")[0], REFUSED)


def _no(slug: str, detail: str, code: int) -> Answer:
    return Answer(
        document={"refused": slug, "detail": detail}, lines=[f"{slug}: {detail}"], code=code
    )


def _say(answer: Answer, *, as_json: bool) -> None:
    """The document is always on standard output; a refusal in words is on standard error."""
    if as_json:
        sys.stdout.write(orjson.dumps(answer.document).decode() + "\n")
        return
    output = sys.stderr if answer.code in (REFUSED, UNREACHABLE) else sys.stdout
    output.write("\n".join(answer.lines) + "\n")
