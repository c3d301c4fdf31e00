"""Evaluations and decisions over HTTP: unknown is never a pass, an exclusion never overruled."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from .steps import CSSRS_LOW, FACTS, Clinic, problem


async def test_nothing_known_means_review_by_every_rule(clinic: Clinic) -> None:
    await clinic.register()

    found = await clinic.evaluate()

    assert found["forbidden_by"] == []
    # Known all the same: the age, that the GAD-7 was not asked, that the others told nothing.
    passed = {r["rule"] for r in found["results"] if r["finding"] == "pass"}
    assert passed == {"C06", "C31", "S01", "S02", "S03", "S04"}
    assert set(found["attest"]) == {r["rule"] for r in found["results"]} - passed
    assert len(found["attest"]) == 30


async def test_dana_passes_and_is_decided_eligible(clinic: Clinic) -> None:
    await clinic.register()
    await clinic.screen()

    found = await clinic.evaluate()
    decided = await clinic.decide(found)

    assert {r["finding"] for r in found["results"]} == {"pass"}
    assert found["inputs"]["age_years"] == 42
    assert decided.status_code == 201
    events = await clinic.service.outboxed(clinic.network)
    (event,) = [e for e in events if e.type == "intake.eligibility_decided.v1"]
    assert event.data["outcome"] == "eligible"
    assert event.data["rule_set_version"] == found["rule_set_version"]
    assert (await clinic.status())["reasons"] == ["no_consent"]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"allergies": ["ketamine"]}, "C01"),
        ({"pregnancy_status": "pregnant"}, "C07"),
        ({"psychosis_current": True}, "C10"),
        ({"cvd_poorly_controlled": True}, "C18"),
        ({"medications": ["theophylline"]}, "C24"),
        ({"resting_systolic_mmhg": 182, "resting_diastolic_mmhg": 110}, "C33"),
    ],
)
async def test_eligible_is_never_decided_over_an_exclusion_or_a_hold(
    clinic: Clinic, changes: dict[str, Any], rule: str
) -> None:
    await clinic.register()
    await clinic.screen(**changes)
    found = await clinic.evaluate()

    refused = await clinic.decide(found)
    unfounded = await clinic.decide(
        found, attestations=[{"rule": rule, "reason": "benefit_outweighs_risk"}]
    )
    declined = await clinic.decide(found, "not_eligible")

    assert found["forbidden_by"] == [rule]
    assert problem(refused) == (409, "rules_forbid")
    assert refused.json()["rules"] == [rule]
    assert problem(unfounded) == (422, "attestation_unfounded")
    assert declined.status_code == 201
    assert (await clinic.status())["reasons"] == ["not_eligible", "no_consent"]


async def test_high_cssrs_and_minority_forbid_too(clinic: Clinic) -> None:
    await clinic.register(born_on="2009-03-02")
    assert (await clinic.record(**FACTS)).status_code == 201
    await clinic.assess("cssrs_screener", {**CSSRS_LOW, "q2": 1, "q3": 0, "q4": 0, "q5": 1})

    assert (await clinic.evaluate())["forbidden_by"] == ["C06", "C34"]


async def test_every_review_needs_an_attested_reason(clinic: Clinic) -> None:
    await clinic.register(born_on="2003-06-02")
    await clinic.screen(psychosis_current=None)
    found = await clinic.evaluate()
    reason = {"reason": "clarified_with_patient"}

    missing = await clinic.decide(found, attestations=[{"rule": "C10", **reason}])
    odd = await clinic.decide(found, attestations=[{"rule": "C10", "reason": "because"}])
    twice = await clinic.decide(found, attestations=[{"rule": "C10", **reason}] * 2)
    good = await clinic.decide(
        found,
        attestations=[
            {"rule": "C10", "note": "canary words of a prescriber", **reason},
            {"rule": "C31", "reason": "monitoring_arranged"},
        ],
    )

    assert found["attest"] == ["C10", "C31"]
    assert problem(missing) == (409, "attestation_missing")
    assert missing.json()["rules"] == ["C31"]
    assert problem(odd) == (422, "unknown_reason")
    assert problem(twice) == (422, "attestation_unfounded")
    assert good.status_code == 201
    assert good.json()["extra_monitoring"] == ["suicidality"]
    for row in await clinic.service.rows("outbox", clinic.network):
        assert b"canary" not in row["data"]


async def test_decision_rests_on_what_is_known_now(clinic: Clinic) -> None:
    await clinic.register()
    await clinic.screen()
    early = await clinic.evaluate()
    await clinic.record(psychosis_current=True)

    outdated = await clinic.decide(early)
    fresh = await clinic.evaluate()
    superseded = await clinic.decide(early)

    assert problem(outdated) == (409, "evaluation_outdated")
    assert fresh["forbidden_by"] == ["C10"]
    assert problem(superseded) == (409, "evaluation_outdated")


async def test_old_facts_and_old_screeners_count_as_unknown(clinic: Clinic) -> None:
    await clinic.register()
    await clinic.screen()
    clinic.service.clock.advance(timedelta(days=31))

    found = await clinic.evaluate()

    assert found["attest"] == ["C07", "C09", "C24", "C25", "C26", "C27", "C33", "C34"]


async def test_other_patients_evaluation_decides_nothing(clinic: Clinic) -> None:
    await clinic.register()
    await clinic.screen()
    others = await clinic.evaluate()
    await clinic.register(given_name="Eli")

    assert problem(await clinic.decide(others)) == (404, "evaluation_not_found")
    assert problem(await clinic.decide({"id": str(uuid4())})) == (404, "evaluation_not_found")


async def test_evaluation_is_kept_as_it_was_made(clinic: Clinic) -> None:
    await clinic.register()
    made = await clinic.evaluate()
    await clinic.screen()

    assert (await clinic.get(f"/v1/evaluations/{made['id']}")).json() == made
    assert all(r["explanation"] for r in made["results"])
