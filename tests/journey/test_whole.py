"""The whole way, days -14 to 90: every promise is kept, and no event of it is lost."""

from __future__ import annotations

import pytest
from kairos_cli.demo.journey import Played
from kairos_cli.demo.tap import domain_topics
from kairos_cli.platform import Platform

from .books import unfinished
from .records import crossed, gaps, read

pytestmark = pytest.mark.timeout(420)


def test_every_promise_is_kept(whole: Played) -> None:
    assert whole.well, whole.fault
    assert len(whole.steps) == 113


async def test_no_event_of_the_whole_way_is_lost(platform: Platform, whole: Played) -> None:
    on_the_broker = crossed(await read(platform.bootstrap, domain_topics()), whole.network)
    assert gaps(on_the_broker.sequences()) == []
    kinds = on_the_broker.types()
    assert kinds.count("dosing.dose_administered.v1") == 6
    assert kinds.count("integration.episode_closed.v1") == 6
    assert kinds.count("integration.safety_call_completed.v1") == 2
    assert "integration.integration_missed.v1" not in kinds
    assert await unfinished(platform, whole.network) == {}
