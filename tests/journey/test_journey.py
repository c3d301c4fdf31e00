"""The first dosing day plays to its end, once and again, and every effect is there once."""

from __future__ import annotations

from uuid import UUID

import pytest
from kairos_cli.demo.journey import Played, play
from kairos_cli.platform import Platform

from .audience import Silent
from .books import End, rows
from .expected import EFFECTS, EVENTS, LEDGER, VISITS
from .records import Crossed, Record, crossed, gaps

pytestmark = pytest.mark.timeout(420)


def test_every_step_goes_as_expected(played: Played) -> None:
    assert [step.fault for step in played.steps if step.fault] == []
    assert played.well, played.fault
    assert len(played.steps) == 50


def test_a_step_that_goes_wrong_ends_the_journey_and_is_named(
    platform: Platform, second: Played
) -> None:
    def disturb(act: int) -> None:
        if act == 1:
            raise RuntimeError("disturbed")

    spoilt = play(platform, Silent(), disturb)
    assert (spoilt.well, spoilt.fault) == (False, "disturbed")
    assert len(spoilt.steps) == 2


def test_exactly_the_expected_events_crossed(played: Played, records: list[Record]) -> None:
    on_the_broker = crossed(records, played.network)
    assert counted(on_the_broker) == EVENTS
    assert sorted(played.events) == sorted(on_the_broker.types())


def counted(found: Crossed) -> dict[str, int]:
    return {kind: found.types().count(kind) for kind in set(found.types())}


def test_sequences_have_no_gap(played: Played, records: list[Record]) -> None:
    sequences = crossed(records, played.network).sequences()
    assert len(sequences) >= 4
    assert gaps(sequences) == []


def test_a_lost_event_would_show(played: Played, records: list[Record]) -> None:
    found = crossed(records, played.network)
    lost = next(id for id, (_, one) in found.events.items() if one.sequence == 1)
    del found.events[lost]
    assert counted(found) != EVENTS
    assert len(gaps(found.sequences())) == 1


def test_each_effect_is_there_once(played: Played, ends: dict[UUID, End]) -> None:
    assert ends[played.network] == End(EFFECTS, {})


async def test_the_vial_s_ledger_accounts_for_every_milligram(
    platform: Platform, played: Played
) -> None:
    query = "SELECT kind, amount_mg, balance_after_mg FROM ledger_entry ORDER BY seq"
    entries = await rows(platform, "dosing", played.network, query)
    assert [tuple(entry) for entry in entries] == LEDGER
    vial = await rows(platform, "dosing", played.network, "SELECT balance_mg FROM container")
    assert vial[0]["balance_mg"] == 465


async def test_visits_and_episode_end_as_told(platform: Platform, played: Played) -> None:
    visits = await rows(
        platform, "scheduling", played.network, "SELECT state FROM visit ORDER BY starts_at"
    )
    assert [visit["state"] for visit in visits] == VISITS
    episodes = await rows(platform, "integration", played.network, "SELECT * FROM episode")
    assert episodes[0]["outcome"] == "completed"
    assert str(episodes[0]["session_id"]) in {
        one.path.split("/")[3] for one in played.world.exchanges if "/discharge" in one.path
    }


def test_a_second_journey_has_all_its_own_and_leaves_the_first_alone(
    played: Played, second: Played, records: list[Record], ends: dict[UUID, End]
) -> None:
    assert second.well, second.fault
    assert counted(crossed(records, second.network)) == EVENTS
    for network in (played.network, second.network):
        assert ends[network] == End(EFFECTS, {})
