"""Every process is killed in turn, between the acts of the journey and in the middle of its steps;
the journey still ends right, with each effect once and nothing lost that was acknowledged."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from uuid import UUID

import pytest
from kairos_cli.demo.journey import Played, play
from kairos_cli.demo.tap import domain_topics
from kairos_cli.platform import Platform
from kairos_cli.services import SERVICES

from tests.journey.books import audited, effects, rows, unfinished
from tests.journey.expected import EFFECTS, EVENTS, LEDGER, REFUSED, VISITS
from tests.journey.records import crossed, gaps, read

from .killer import READY_S, Disturber, Killer

pytestmark = pytest.mark.timeout(420)

BREACH_OPENED = "scheduling.integration_breach_opened.v1"
BREACH_CLOSED = "scheduling.integration_breach_closed.v1"
PROCESSES = (*SERVICES, "broker", "postgres", "supervisor")
BOOK = "Book Lee, Ortiz, Shah and room 1 for IM"
ARRIVE = "Check Dana in: escort confirmed, fasting kept"
ASK = "Ask the PHQ-9, item by item"
GIVE = "Administer 34 mg IM"
LEAVE = "Discharge at 120 min with the escort"
TALK = "Record the integration session, 22 h after"
# Where each process has the most to lose.
STEPS = {
    "intake": (ASK, GIVE),
    "scheduling": (BOOK, ARRIVE),
    "dosing": (GIVE, LEAVE),
    "integration": (LEAVE, TALK),
    "broker": (GIVE, LEAVE),
    "postgres": (GIVE, LEAVE),
    "supervisor": (GIVE,),
}
# Before the dosing day, and before the withdrawal; to start all again takes longer, so once.
ACTS = {"supervisor": (6,)}
_BOTH_ACTS = (6, 8)
_POLL_S = 0.1


@pytest.mark.parametrize("when", ["between", "during"])
@pytest.mark.parametrize("victim", PROCESSES)
async def test_the_journey_survives_the_death_of(
    killer: Killer, table: list[tuple[str, ...]], victim: str, when: str
) -> None:
    if when == "during":
        disturber = Disturber(killer, victim, steps=STEPS[victim])
    else:
        disturber = Disturber(killer, victim, acts=ACTS.get(victim, _BOTH_ACTS))
    played = play(killer.platform, disturber, disturber.between, patience_s=READY_S)
    recoveries = disturber.recoveries()
    assert len(recoveries) == len(disturber.steps) + len(disturber.acts), played.fault
    row = [victim, when, str(len(recoveries)), str(played.request_repeats)]
    row += [str(played.event_repeats), f"{min(recoveries):.1f} to {max(recoveries):.1f}"]
    verdict = "WRONG"
    try:
        await check(killer.platform, played)
        verdict = "well"
    finally:
        table.append((*row, verdict))


async def check(platform: Platform, played: Played) -> None:
    """Everything the undisturbed journey is held to, but for refusals while intake is away."""
    assert played.well, played.fault
    network = played.network
    await settled(platform, network)
    await check_events(platform, network)
    assert await effects(platform, network) == EFFECTS
    query = "SELECT kind, amount_mg, balance_after_mg FROM ledger_entry ORDER BY seq"
    assert [tuple(one) for one in await rows(platform, "dosing", network, query)] == LEDGER
    query = "SELECT state FROM visit ORDER BY starts_at"
    assert [one["state"] for one in await rows(platform, "scheduling", network, query)] == VISITS
    await check_acknowledged(platform, played)


async def settled(platform: Platform, network: UUID) -> None:
    """Wait until every event is published and every projection has the last clearance."""
    limit = time.monotonic() + READY_S
    query = "SELECT version FROM clearance"
    while True:
        left = await unfinished(platform, network)
        known = [
            (await rows(platform, service, network, query))[0]["version"]
            for service in ("intake", "scheduling", "dosing")
        ]
        if not left and len(set(known)) == 1:
            return
        assert time.monotonic() < limit, (left, known)
        await asyncio.sleep(_POLL_S)


async def check_events(platform: Platform, network: UUID) -> None:
    """A refusal for another reason, while intake is away, is one more refusal: nothing was done.
    A breach that opens because the news of the integration came after the journey's clock had leapt
    a day closes by that news. Every other event is there as often as it happened, without a gap.
    """
    found = crossed(await read(platform.bootstrap, domain_topics()), network)
    assert gaps(found.sequences()) == []
    kinds = Counter(found.types())
    kept = await rows(platform, "dosing", network, "SELECT rules FROM administration_refusal")
    assert kinds[REFUSED] == len(kept) >= EVENTS[REFUSED]
    late = kinds.pop(BREACH_OPENED, 0)
    assert late <= 1
    assert kinds.pop(BREACH_CLOSED, 0) == late
    assert kinds == EVENTS | {REFUSED: kinds[REFUSED]}


async def check_acknowledged(platform: Platform, played: Played) -> None:
    """An answer was given after the commit that holds its effect and its audit row."""
    for service in SERVICES:
        told = Counter(
            (one.actor, one.path, "allowed")
            for one in played.world.exchanges
            if one.service == service and one.answer.status < 300
        )
        assert told <= await audited(platform, service, played.network)
