"""Policy as data: every figure has its source, and nothing is missing or unread."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from dosing import data
from dosing.data.files import part
from dosing.domain import protocol as p
from dosing.domain.errors import NoProtocol, UnknownProduct

FILES = (
    *data.PROTOCOLS,
    data.FORMULARY,
    "credentials_v1.toml",
    "break_glass_v1.toml",
    "misuse_v1.toml",
    "misuse_v2.toml",
    "misuse_v3.toml",
    "stock_v2.toml",
    "rems_form_v1.toml",
    "monitoring_v1.toml",
)
NAMES = {"code", "version", "route", "substance", "routes", "act", "role", "kinds", "source"}
NAMES |= {"locale", "ndc", "form", "example"}


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
        part(p.Watch, table)


def test_unknown_protocol_and_product() -> None:
    with pytest.raises(NoProtocol):
        data.protocol_for("by_suggestion")
    with pytest.raises(NoProtocol):
        data.protocol("im_racemic_ketamine", "0")
    with pytest.raises(UnknownProduct):
        data.product("ketamine_50mg_ml_10ml", "oral")


def test_every_alert_rule_has_a_source() -> None:
    assert [
        row["code"] for row in data.document("alerts_v2.toml")["rule"] if not row["source"]
    ] == []
    assert len(data.alert_rules()) == len({rule.code for rule in data.alert_rules()})


@pytest.mark.parametrize(
    "route", ["iv", "im", "sublingual", "oral", "nasal_racemic", "nasal_esketamine"]
)
def test_every_route_has_a_protocol_and_a_product(route: str) -> None:
    assert data.protocol_for(route).route == route
    assert any(route in product.routes for product in data.formulary().values())


def test_strong_vial_never_goes_into_a_vein() -> None:
    """Clinical 2: 100 mg/mL is never given intravenously undiluted."""
    with pytest.raises(UnknownProduct):
        data.product("ketamine_100mg_ml_5ml", "iv")


def test_salt_is_derived_from_base() -> None:
    """Trap 3: a device of 28 mg base holds 32.3 mg of the salt."""
    device = data.product("esketamine_nasal_28mg_2")
    assert round(28 * device.salt_per_base_mg, 1) == Decimal("32.3")


def test_dose_table_of_another_locale_has_its_own_start() -> None:
    """Trap 4: 28 mg is a dose from 65 years on outside the United States only."""
    assert data.protocol_for("nasal_esketamine").dose.allowed_mg == (56, 84)
    assert data.protocol_for("nasal_esketamine", "ex_us").dose.allowed_mg == (28, 56, 84)
