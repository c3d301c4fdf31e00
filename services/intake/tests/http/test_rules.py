"""Rule sets of a network: an overlay tightens, what loosens is signed, an override takes two."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from .steps import Clinic, problem

SITE = "0197a3c0-0000-7000-8000-0000000000aa"
NO_LATEX: dict[str, Any] = {
    "id": "N01",
    "expression": "'latex' in allergies",
    "inputs": ["allergies"],
    "outcome": "H",
    "routes": ["im"],
    "label_standing": "not_in_label",
    "clinic_policy": "hold",
    "basis": "gloves",
    "source": "the network",
    "explanation": "Allergy to latex: hold until the room is prepared.",
    "examples": [
        {"finding": "pass", "inputs": {"allergies": []}},
        {"finding": "hit", "inputs": {"allergies": ["latex"]}},
    ],
}


def overlay(version: str, *changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "version": version,
        "scope": {"kind": "network"},
        "source": "test",
        "changes": [{"why": "test", **change} for change in changes],
        **more,
    }


TIGHTER = overlay("tight-1", {"rule": "C13", "outcome": "X"}, rules=[NO_LATEX])
LOOSER = overlay("loose-1", {"rule": "C11", "outcome": "R"})


async def publish(clinic: Clinic, document: dict[str, Any], by: UUID | None = None) -> Any:
    async with clinic.client("ops_admin", subject=by) as client:
        return await client.post("/v1/rule-publications", json=document)


async def sign(clinic: Clinic, document: dict[str, Any], by: UUID | None = None) -> Any:
    async with clinic.client("medical_director", subject=by) as client:
        return await client.post("/v1/rule-signatures", json=document)


async def test_overlay_that_tightens_is_in_force_at_once(clinic: Clinic) -> None:
    await clinic.register()
    await clinic.screen(bipolar_history=True, allergies=["latex"])
    before = await clinic.evaluate()

    published = await publish(clinic, TIGHTER)
    after = await clinic.evaluate()

    assert published.json()["loosens"] == []
    assert (before["attest"], before["forbidden_by"]) == (["C13"], [])
    assert after["forbidden_by"] == ["C13", "N01"]
    assert after["rule_set_version"] == "2026.4+tight-1"
    rules = (await clinic.get(f"/v1/patients/{clinic.patient}/rules")).json()
    assert rules["version"] == "2026.4+tight-1"
    listed = (await clinic.get("/v1/rule-publications")).json()["items"]
    assert [p["version"] for p in listed] == ["tight-1"]


async def test_published_rule_reopens_decisions_that_were_made(clinic: Clinic) -> None:
    await clinic.clear_for_im()
    await clinic.record(allergies=["latex"])
    assert (await clinic.confirm()).status_code == 201

    await publish(clinic, TIGHTER)
    await clinic.service.run_due()

    assert (await clinic.status())["reasons"] == ["decision_held"]


@pytest.mark.parametrize(
    "change",
    [
        {"rule": "C11", "outcome": "R"},
        {"rule": "C18", "remove": True},
        {"rule": "C10", "override": "second_signer"},
        {
            "rule": "C06",
            "expression": "age_years < 16",
            "examples": [
                {"finding": "pass", "inputs": {"age_years": 16}},
                {"finding": "hit", "inputs": {"age_years": 15}},
            ],
        },
    ],
)
async def test_what_loosens_a_rule_takes_a_medical_director(
    clinic: Clinic, change: dict[str, Any]
) -> None:
    document, director, admin = overlay("loose-1", change), uuid4(), uuid4()

    unsigned = await publish(clinic, document, admin)
    other = await sign(clinic, LOOSER | {"version": "other"}, director)
    still = await publish(clinic, document, admin)
    signed = await sign(clinic, document, director)
    own = await publish(clinic, document, director)
    published = await publish(clinic, document, admin)

    assert problem(unsigned) == (409, "loosening_unsigned")
    assert unsigned.json()["rules"] == [change["rule"]]
    assert other.status_code == signed.status_code == 201
    assert problem(still) == problem(own) == (409, "loosening_unsigned")
    assert published.json()["signed_by"] == str(director)
    nurse = await clinic.post("/v1/rule-signatures", document, role="nurse")
    assert problem(nurse) == (403, "not_permitted")


async def test_overlay_of_a_site_or_state_concerns_its_patients_only(clinic: Clinic) -> None:
    here = {"scope": {"kind": "site", "value": SITE}}
    colorado = {"scope": {"kind": "state", "value": "CO"}}
    await publish(clinic, overlay("site-1", {"rule": "C13", "outcome": "X"}, **here))
    await publish(clinic, overlay("co-1", {"rule": "C28", "outcome": "X"}, **colorado))
    found = {}
    for name, more in {"none": {}, "site": {"home_site_id": SITE}, "co": {"state": "CO"}}.items():
        await clinic.register(**more)
        await clinic.record(bipolar_history=True, cystitis=True)
        found[name] = (await clinic.evaluate())["forbidden_by"]

    assert found == {"none": [], "site": ["C13"], "co": ["C28"]}


@pytest.mark.parametrize(
    "document",
    [
        overlay("x-1", {"rule": "C99", "outcome": "X"}),
        overlay("x-1", {"rule": "C11", "outcom": "R"}),
        overlay("x-1", rules=[{**NO_LATEX, "id": "C01"}]),
        overlay("x-1", rules=[{**NO_LATEX, "expression": "'latx' in allergies"}]),
        overlay("x-1", rules=[{**NO_LATEX, "inputs": ["allergies", "cystitis"]}]),
        {"rules": []},
    ],
)
async def test_unsound_rule_file_is_refused(clinic: Clinic, document: dict[str, Any]) -> None:
    assert problem(await publish(clinic, document)) == (422, "rule_file_unsound")


async def test_version_is_published_with_one_content_only(clinic: Clinic) -> None:
    changed = overlay("tight-1", {"rule": "C28", "outcome": "X"})
    assert (await publish(clinic, TIGHTER)).status_code == 201
    assert problem(await publish(clinic, changed)) == (409, "rule_version_taken")


# --- overrides ---------------------------------------------------------------------------------

REASON = {"rule": "C11", "reason": "benefit_outweighs_risk"}


async def propose(clinic: Clinic, found: dict[str, Any], by: UUID, *rules: str) -> Any:
    body = {
        "evaluation_id": found["id"],
        "overrides": [{"rule": r, "reason": "specialist_consulted"} for r in rules],
    }
    async with clinic.client("prescriber", subject=by) as client:
        return await client.post(f"/v1/patients/{clinic.patient}/override-proposals", json=body)


async def countersign(clinic: Clinic, proposal: str, by: UUID) -> Any:
    async with clinic.client("prescriber", subject=by) as client:
        return await client.post(f"/v1/override-proposals/{proposal}/signature")


async def test_override_is_a_decision_only_with_a_second_signer(clinic: Clinic) -> None:
    await clinic.register()
    await clinic.screen(psychosis_history=True)
    found, first, second = await clinic.evaluate(), uuid4(), uuid4()

    proposed = await propose(clinic, found, first, "C11")
    proposal = proposed.json()["id"]
    alone = await countersign(clinic, proposal, first)
    before = await clinic.status()
    decided = await countersign(clinic, proposal, second)
    again = await countersign(clinic, proposal, second)

    assert proposed.status_code == 201, proposed.text
    assert problem(alone) == (409, "same_signer")
    assert "no_decision" in before["reasons"]
    assert decided.json()["second_signer"] == str(second)
    assert [o["rule"] for o in decided.json()["overrides"]] == ["C11"]
    assert (await clinic.status())["reasons"] == ["no_consent"]
    assert problem(again) == (409, "override_proposal_settled")
    kept = (await clinic.get(f"/v1/override-proposals/{proposal}")).json()
    assert kept["decision_id"] == decided.json()["id"]


async def test_absolute_rules_are_decided_over_by_nobody(clinic: Clinic) -> None:
    await clinic.register()
    await clinic.screen(psychosis_current=True, psychosis_history=True)
    found = await clinic.evaluate()

    absolute = await propose(clinic, found, uuid4(), "C10", "C11")
    partly = await propose(clinic, found, uuid4(), "C11")
    unfounded = await propose(clinic, found, uuid4(), "C18")

    assert problem(absolute) == (409, "not_overridable")
    assert absolute.json()["rules"] == ["C10"]
    assert problem(partly) == (409, "rules_forbid")
    assert problem(unfounded) == (422, "attestation_unfounded")


async def test_override_rests_on_what_is_known_when_it_is_signed(clinic: Clinic) -> None:
    await clinic.register()
    await clinic.screen(psychosis_history=True)
    proposal = (await propose(clinic, await clinic.evaluate(), uuid4(), "C11")).json()["id"]
    clinic.service.clock.advance(timedelta(minutes=1))
    await clinic.record(cvd_poorly_controlled=True)

    assert problem(await countersign(clinic, proposal, uuid4())) == (409, "evaluation_outdated")


async def test_override_of_nothing_is_no_override(clinic: Clinic) -> None:
    await clinic.register()
    await clinic.screen()
    proposed = await propose(clinic, await clinic.evaluate(), uuid4(), "C11")
    assert problem(proposed) == (409, "nothing_to_override")
