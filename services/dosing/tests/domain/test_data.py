"""Policy as data: every figure has its source, and nothing is missing or unread."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from dosing import data
from dosing.domain import protocol as p
from dosing.domain.errors import NoProtocol, UnknownProduct

FILES = ("protocol_im_racemic_ketamine_v1.toml", "formulary_v1.toml", "credentials_v1.toml")
NAMES = {"code", "version", "route", "substance", "routes", "act", "role", "kinds", "source"}


def figures(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(node, list):
        for index, one in enumerate(node):
            yield from figures(one, f"{path}[{index}]")
    elif isinstance(node, dict) and "value" not in node:
        for name, one in node.items():
            if name not in NAMES:
                yield from figures(one, f"{path}.{name}")
    else:
        yield path, node


@pytest.mark.parametrize("name", FILES)
def test_every_figure_has_a_source(name: str) -> None:
    unsourced = [
        path
        for path, figure in figures(data.document(name))
        if not (isinstance(figure, dict) and figure.get("source"))
    ]

    assert unsourced == []


def test_figure_without_source_would_be_noticed() -> None:
    assert [path for path, one in figures({"dose": {"stop": 1}}) if one == 1] == [".dose.stop"]


def test_protocol_is_read_as_written() -> None:
    im = data.protocol_for("im")

    assert im.watch.schedule_minutes == (0, 10, 20, 30, 45, 60, 90, 120)
    assert im.watch.minimum.total_seconds() == 120 * 60
    assert im.interval.minimum.total_seconds() == 72 * 3600
    assert im.dose.hard_stop_mg_per_kg == Decimal("1.5")
    assert data.protocol(im.code, im.version) is im


def test_missing_figure_stops_the_start() -> None:
    table = data.document(FILES[0])["watch"]
    del table["escalate_after_minutes"]

    with pytest.raises(KeyError):
        data._part(p.Watch, table)


def test_unknown_protocol_and_product() -> None:
    with pytest.raises(NoProtocol):
        data.protocol_for("sublingual")
    with pytest.raises(NoProtocol):
        data.protocol("im_racemic_ketamine", "0")
    with pytest.raises(UnknownProduct):
        data.product("ketamine_50mg_ml_10ml", "oral")
