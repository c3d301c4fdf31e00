"""What others announce: sessions open once, old news changes nothing."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from dosing import data
from dosing.domain.errors import NoProtocol
from kairos_chassis.testing.harness import Harness
from kairos_events.fields import Route
from kairos_events.intake import ClearanceChangedV1
from kairos_events.intake.clearance_changed_v1 import RouteClearance
from kairos_events.scheduling import VisitCheckedInV1


def checked_in(service: Harness, **changes: Any) -> VisitCheckedInV1:
    now = service.clock.now()
    values: dict[str, Any] = {
        "visit_id": uuid4(),
        "patient_id": uuid4(),
        "site_id": uuid4(),
        "site_state": "CO",
        "site_zone": "America/Denver",
        "visit_type": "dosing_im",
        "route": Route.IM,
        "starts_at": now,
        "staff": (),
        "escort_confirmed": True,
        "checked_in_at": now,
    }
    return VisitCheckedInV1(**{**values, **changes})


async def test_check_in_opens_one_session_by_the_protocol_in_force(
    service: Harness, network: UUID
) -> None:
    event = checked_in(service)

    await service.deliver(event, network)
    await service.deliver(event, network)

    (row,) = await service.rows("session", network)
    assert (row["protocol_code"], row["protocol_version"]) == ("im_racemic_ketamine", "4")
    (announced,) = await service.outboxed(network)
    assert announced.type == "dosing.session_opened.v1"
    assert announced.key == str(event.patient_id)
    (move,) = await service.rows("session_move", network)
    assert (move["moved_by"], move["cause"]) == (None, "visit_checked_in")


async def test_visit_without_dosing_opens_none(service: Harness, network: UUID) -> None:
    await service.deliver(checked_in(service, visit_type="integration", route=None), network)

    assert await service.rows("session", network) == []


async def test_route_without_protocol_opens_none(
    service: Harness, network: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_im = (data.protocol_for("im"),)
    monkeypatch.setattr(data, "protocols", lambda: only_im)

    with pytest.raises(NoProtocol):
        await service.deliver(checked_in(service, route=Route.IV), network)

    assert await service.rows("session", network) == []


async def test_older_clearance_changes_nothing(service: Harness, network: UUID) -> None:
    patient = uuid4()

    def news(version: int, *, cleared: bool) -> ClearanceChangedV1:
        route = RouteClearance(
            route=Route.IM,
            cleared=cleared,
            reasons=() if cleared else ("no_consent",),
            expires_at=None,
            extra_monitoring=(),
        )
        return ClearanceChangedV1(
            patient_id=patient,
            clearance_version=version,
            changed_at=service.clock.now(),
            routes=(route,),
        )

    for version, cleared in ((1, True), (3, False), (2, True), (3, True)):
        await service.deliver(news(version, cleared=cleared), network)

    (row,) = await service.rows("clearance", network)
    assert row["version"] == 3
    assert '"cleared": false' in row["routes"]


async def test_sites_list_their_sessions_newest_first(service: Harness, network: UUID) -> None:
    site = uuid4()
    for _ in range(3):
        await service.deliver(checked_in(service, site_id=site), network)
    await service.deliver(checked_in(service), network)
    seen: list[str] = []

    async with service.client("nurse", network=network) as client:
        path: str | None = f"/v1/sessions?site_id={site}&limit=2"
        while path is not None:
            page = await client.get(path)
            seen += [one["id"] for one in page.json()["items"]]
            link = page.headers.get("Link")
            path = None if link is None else link.split(";")[0].strip("<>")
        other = await client.get("/v1/sessions", params={"site_id": str(site), "state": "ready"})

    rows = await service.rows("session", network)
    expected = [str(row["id"]) for row in reversed(rows) if row["site_id"] == site]
    assert seen == expected
    assert other.json()["items"] == []


async def test_lists_end_where_ones_sites_end(service: Harness, network: UUID) -> None:
    mine, other = uuid4(), uuid4()
    for site in (mine, other):
        await service.deliver(checked_in(service, site_id=site), network)

    async with service.client("nurse", network=network, sites=[str(mine)]) as client:
        seen = (await client.get("/v1/sessions")).json()["items"]
        refused = await client.get("/v1/sessions", params={"site_id": str(other)})
    async with service.client("nurse", network=network) as everywhere:
        all_of_them = (await everywhere.get("/v1/sessions")).json()["items"]

    assert [one["site_id"] for one in seen] == [str(mine)]
    assert refused.status_code == 403
    assert len(all_of_them) == 2
