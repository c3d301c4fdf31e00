"""One platform for all tests of the journey, told to say as much as it can, and two journeys."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Iterator
from typing import cast
from uuid import UUID

import pytest
from kairos_cli.demo.journey import COURSE, WHOLE, Played, play
from kairos_cli.demo.tap import domain_topics
from kairos_cli.demo.words import ChartWords, PrivateWords, Words
from kairos_cli.options import PORT_NAMES, BrokerWish, Options
from kairos_cli.platform import Platform
from kairos_cli.state import State

from .audience import Silent
from .books import End, end_of
from .canaries import fresh_chart, marked
from .collector import Collector, collecting
from .partner import Partner
from .records import Record, read

PATIENCE_S = 90.0


def _words() -> Words:
    """Words nobody else uses, so that every place they come to can be found."""
    mark = secrets.token_hex(4)
    return Words(
        given_name=f"Given{mark}",
        family_name=f"Family{mark}",
        born_on="1962-11-29",
        phone=f"+1303{secrets.randbelow(10**7):07}",
        medication=f"medication{mark}",
        clinic=f"Clinic{mark}",
        room=f"Room{mark}",
        licence=f"Licence{mark}",
        board=f"Board{mark}",
        theme=f"theme{mark}",
        insight=f"insight{mark}",
        commitment=f"commitment{mark}",
    )


@pytest.fixture(scope="session")
def words() -> Words:
    """What the people of the first journey type."""
    return _words()


@pytest.fixture(scope="session")
def collector() -> Iterator[Collector]:
    """Takes the platform's spans."""
    with collecting() as listening:
        yield listening


@pytest.fixture(scope="session")
def partner(tmp_path_factory: pytest.TempPathFactory) -> Partner:
    """A partner's program that every service knows."""
    return Partner.registered(tmp_path_factory.mktemp("partner"))


@pytest.fixture(scope="session")
def platform(
    collector: Collector, partner: Partner, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Platform]:
    """The platform with debug logs and every trace, on the broker KAIROS_TEST_BROKER names."""
    made = Platform(State(tmp_path_factory.mktemp("journey") / "state"))
    broker = cast(BrokerWish, os.environ.get("KAIROS_TEST_BROKER", "auto"))
    try:
        with pytest.MonkeyPatch.context() as environment:  # not that of the tests that follow
            environment.setenv("KAIROS_LOG_LEVEL", "debug")
            environment.setenv("KAIROS_TRACE_RATIO", "1")
            environment.setenv("KAIROS_OTLP_ENDPOINT", collector.endpoint)
            environment.setenv("KAIROS_PARTNERS_FILE", str(partner.file))
            environment.setenv("KAIROS_PUBLIC_URL", partner.public)
            made.start(Options(broker=broker, ports=dict.fromkeys(PORT_NAMES, 0), tied=True))
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="session")
def ends() -> dict[UUID, End]:
    """What stood in the books of a network when its journey had just ended."""
    return {}


@pytest.fixture(scope="session")
def played(platform: Platform, words: Words, ends: dict[UUID, End]) -> Played:
    """The journey, played once."""
    one = play(platform, Silent(), words=words, patience_s=PATIENCE_S)
    ends[one.network] = asyncio.run(end_of(platform, one.network))
    return one


@pytest.fixture(scope="session")
def second(platform: Platform, played: Played, ends: dict[UUID, End]) -> Played:
    """The journey once more on the same platform, in another network."""
    one = play(platform, Silent(), patience_s=PATIENCE_S)
    for network in (one.network, played.network):  # it leaves the first alone
        ends[network] = asyncio.run(end_of(platform, network))
    return one


@pytest.fixture(scope="session")
def private() -> PrivateWords:
    """What only the patient, or only the therapist, reads on the whole way."""
    return marked(PrivateWords)


@pytest.fixture(scope="session")
def chart() -> ChartWords:
    """What the team writes on the whole way."""
    return fresh_chart()


@pytest.fixture(scope="session")
def whole(
    platform: Platform,
    second: Played,
    records: list[Record],  # read before the clock moves on, and more falls due for the first days
    private: PrivateWords,
    chart: ChartWords,
) -> Played:
    """The whole way, after the two first days, in a network of its own."""
    end = play(
        platform,
        Silent(),
        acts=WHOLE,
        words=_words(),
        private=private,
        chart=chart,
        patience_s=PATIENCE_S,
    )
    assert end.well, (end.steps[-1].asked, end.fault)
    return end


@pytest.fixture(scope="session")
def planned(platform: Platform, second: Played, records: list[Record]) -> Played:
    """The reference course booked by one call, in a network of its own."""
    end = play(platform, Silent(), acts=COURSE, patience_s=PATIENCE_S)
    assert end.well, (end.steps[-1].asked, end.fault)
    return end


@pytest.fixture(scope="session")
async def records(platform: Platform, played: Played, second: Played) -> list[Record]:
    """Every record on the broker after both journeys."""
    return await read(platform.bootstrap, domain_topics())
