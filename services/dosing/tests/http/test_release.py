"""A lot comes back into use by two people with a reason, a recalled one once that is withdrawn."""

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from .clinic import Clinic

LOT = {"product": "ketamine_50mg_ml_10ml", "lot": "K2411"}
WHY = {"reason": "refrigerator was checked: never above 25 degrees"}
NOTICE = {**WHY, "recall_notice": "FDA D-0455-2027, terminated"}


class Pharmacy:
    """A pharmacist asks, a medical director agrees."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.pharmacist, self.director = uuid4(), uuid4()

    async def open(self) -> "Pharmacy":
        await self.clinic.hire(self.pharmacist, "pharmacist")
        await self.clinic.hire(self.director, "medical_director")
        return self

    async def post(self, who: UUID, path: str, body: Any = None) -> Any:
        role = "pharmacist" if who == self.pharmacist else "medical_director"
        harness, network = self.clinic.service, self.clinic.network
        async with harness.client(role, network=network, subject=who) as client:
            return await client.post(path, json=body)

    async def quarantine(self, reason: str) -> str:
        """Put the lot out of use. Returns the quarantine's id."""
        body = {**LOT, "reason": reason}
        assert (await self.post(self.pharmacist, "/v1/lot-quarantines", body)).status_code == 201
        return await self.standing(reason)

    async def standing(self, reason: str) -> str:
        found = await self.listed()
        (one,) = [one["id"] for one in found if one["reason"] == reason]
        return str(one)

    async def listed(self, *, standing_only: bool = True) -> list[dict[str, Any]]:
        answer = await self.clinic.get(
            "/v1/lot-quarantines", standing_only=str(standing_only).lower()
        )
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def ask(self, quarantine: str, body: Any = None) -> Any:
        path = f"/v1/lot-quarantines/{quarantine}/releases"
        return await self.post(self.pharmacist, path, body or WHY)

    async def agree(self, release: str, who: UUID | None = None) -> Any:
        path = f"/v1/lot-releases/{release}/confirmation"
        return await self.post(who or self.director, path)


@pytest.fixture
async def pharmacy(clinic: Clinic) -> Pharmacy:
    return await Pharmacy(clinic).open()


def problem(answer: Any) -> str:
    return str(answer.json()["type"].rsplit(":", 1)[-1])


async def test_released_lot_is_drawn_and_given_again_and_the_ledger_says_by_whom(
    clinic: Clinic, pharmacy: Pharmacy
) -> None:
    quarantine = await pharmacy.quarantine("storage")
    await clinic.order()
    await clinic.observe()
    before = await clinic.draw()
    asked = (await pharmacy.ask(quarantine)).json()
    waiting = await clinic.draw()

    agreed = await pharmacy.agree(asked["id"])

    assert before.json()["rules"] == waiting.json()["rules"] == ["lot_quarantined"]
    assert (agreed.status_code, agreed.json()["usable"]) == (201, True)
    draw = (await clinic.draw()).json()["draw_id"]
    await clinic.check(draw)
    assert (await clinic.give(draw)).status_code == 201
    vial = (await clinic.get(f"/v1/containers/{clinic.vial}")).json()
    (entry,) = [one for one in vial["entries"] if one["kind"] == "release"]
    assert (entry["actor"], entry["witness"]) == (str(pharmacy.pharmacist), str(pharmacy.director))
    assert (entry["amount_mg"], entry["reference_id"], entry["reason"]) == (
        "0",
        asked["id"],
        "storage",
    )
    assert (vial["chain"], vial["quarantined"]) == ("intact", False)
    told = [e for e in await clinic.service.outboxed(clinic.network) if "lot_" in e.type]
    assert [one.type for one in told] == ["dosing.lot_recalled.v1", "dosing.lot_released.v1"]
    assert told[0].key == told[1].key
    assert told[1].data["usable"] is True
    audit = [row["action"] for row in await clinic.service.rows("audit_entry", clinic.network)]
    assert audit.count("lot.release") == 2
    assert await pharmacy.listed() == []
    assert [one["stands"] for one in await pharmacy.listed(standing_only=False)] == [False]


async def test_nobody_releases_a_lot_alone(clinic: Clinic, pharmacy: Pharmacy) -> None:
    asked = (await pharmacy.ask(await pharmacy.quarantine("damaged"))).json()

    own = await pharmacy.agree(asked["id"], pharmacy.pharmacist)
    stranger = await pharmacy.agree(asked["id"], uuid4())

    assert problem(own) == "same_person"
    assert problem(stranger) == "not_licensed"  # works for nobody here, whatever the token says
    assert len(await pharmacy.listed()) == 1
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        async with clinic.service.db.transaction(clinic.network) as tx:
            await tx.connection.execute(
                "INSERT INTO lot_release_confirmation VALUES ($1, $2, $3, now())",
                UUID(asked["id"]),
                clinic.network,
                pharmacy.pharmacist,
            )


async def test_nurse_or_prescriber_releases_nothing(clinic: Clinic, pharmacy: Pharmacy) -> None:
    quarantine = await pharmacy.quarantine("storage")
    asked = (await pharmacy.ask(quarantine)).json()

    for who in (clinic.ortiz, clinic.lee):
        path = f"/v1/lot-quarantines/{quarantine}/releases"
        assert (await clinic.post(who, path, WHY)).status_code == 403
        path = f"/v1/lot-releases/{asked['id']}/confirmation"
        assert (await clinic.post(who, path)).status_code == 403
    assert len(await pharmacy.listed()) == 1


async def test_recalled_lot_is_released_once_the_recall_is_withdrawn(
    clinic: Clinic, pharmacy: Pharmacy
) -> None:
    quarantine = await pharmacy.quarantine("recall")

    standing = await pharmacy.ask(quarantine)
    asked = (await pharmacy.ask(quarantine, NOTICE)).json()
    agreed = await pharmacy.agree(asked["id"])

    assert problem(standing) == "recall_stands"
    assert asked["recall_notice"] == NOTICE["recall_notice"]
    assert agreed.json()["usable"] is True


async def test_settled_difference_takes_back_no_recall(clinic: Clinic, pharmacy: Pharmacy) -> None:
    """Each reason ends by itself; also where the recall came second."""
    path = f"/v1/containers/{clinic.vial}/counts"
    found = (await clinic.post(clinic.park, path, {"counted_mg": "495"})).json()["discrepancy"]
    await pharmacy.quarantine("recall")
    differs = await pharmacy.standing("discrepancy")
    too_early = await pharmacy.ask(differs)
    step = {"kind": "explained", "reason": "scale was off", "witness": str(clinic.ortiz)}
    await clinic.post(clinic.park, f"/v1/discrepancies/{found['id']}/steps", step)

    asked = (await pharmacy.ask(differs)).json()
    agreed = await pharmacy.agree(asked["id"])

    assert problem(too_early) == "discrepancy_open"
    assert (agreed.status_code, agreed.json()["usable"]) == (201, False)
    await clinic.order()
    await clinic.observe()
    assert (await clinic.draw()).json()["rules"] == ["lot_quarantined"]
    assert [one["reason"] for one in await pharmacy.listed()] == ["recall"]


async def test_difference_found_while_the_second_person_thinks_keeps_the_lot(
    clinic: Clinic, pharmacy: Pharmacy
) -> None:
    path = f"/v1/containers/{clinic.vial}/counts"
    found = (await clinic.post(clinic.park, path, {"counted_mg": "495"})).json()["discrepancy"]
    step = {"kind": "explained", "reason": "scale was off", "witness": str(clinic.ortiz)}
    await clinic.post(clinic.park, f"/v1/discrepancies/{found['id']}/steps", step)
    asked = (await pharmacy.ask(await pharmacy.standing("discrepancy"))).json()
    await clinic.post(clinic.park, path, {"counted_mg": "490"})

    assert problem(await pharmacy.agree(asked["id"])) == "discrepancy_open"


async def test_lot_is_released_once_and_may_be_put_out_of_use_anew(
    clinic: Clinic, pharmacy: Pharmacy
) -> None:
    first = await pharmacy.quarantine("storage")
    asked, other = (await pharmacy.ask(first)).json(), (await pharmacy.ask(first)).json()
    await pharmacy.agree(asked["id"])

    again = [await pharmacy.agree(one["id"]) for one in (asked, other)]
    later = await pharmacy.ask(first)
    second = await pharmacy.quarantine("storage")

    assert [problem(one) for one in again] == ["quarantine_released"] * 2
    assert problem(later) == "quarantine_released"
    assert second != first
    assert len(await pharmacy.listed()) == 1
    vial = (await clinic.get(f"/v1/containers/{clinic.vial}")).json()
    assert vial["quarantined"] is True


async def test_what_there_is_not_is_not_released(pharmacy: Pharmacy) -> None:
    assert problem(await pharmacy.ask(str(uuid4()))) == "quarantine_not_found"
    assert problem(await pharmacy.agree(str(uuid4()))) == "lot_release_not_found"


async def test_database_draws_from_a_lot_only_once_two_have_released_it(
    clinic: Clinic, pharmacy: Pharmacy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the code forgets: asking alone releases nothing."""
    asked = (await pharmacy.ask(await pharmacy.quarantine("storage"))).json()
    await clinic.order()
    await clinic.observe()

    async def forgets(*_: Any) -> bool:
        return False

    monkeypatch.setattr("dosing.store.quarantines.stands", forgets)
    refused = await clinic.draw()
    monkeypatch.undo()
    await pharmacy.agree(asked["id"])

    assert refused.status_code == 500
    assert (await clinic.draw()).status_code == 201
