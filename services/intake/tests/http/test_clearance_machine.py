"""Whatever people do in whatever order, over the API: nobody is cleared without a current decision
and a current consent, and knowing less never helps.

A Hypothesis state machine records and forgets facts, evaluates, decides on old and new
evaluations, drafts, signs, narrows and revokes consents, answers what raises concerns, takes them
up and clears them, imports, publishes rules, and lets time pass. What may be cleared is judged by
what the machine itself was answered, not by what the service derives. KAIROS_STATE_EXAMPLES asks
for more than a test can wait for.
"""

import asyncio
import os
from collections.abc import Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar
from uuid import uuid4

import pytest
from httpx import Response
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from intake.domain.clearance import derive
from kairos_chassis.testing.harness import Harness

from .steps import Clinic, understood
from .test_fhir import coded, load, resource
from .test_rules import overlay

EXAMPLES = int(os.environ.get("KAIROS_STATE_EXAMPLES", "3"))
STEPS = 20
NOON = datetime.fromisoformat("2027-03-01T12:00:00+00:00")
TOLD: dict[str, list[Any]] = {  # what passes, then what does not
    "psychosis_current": [False, True],
    "psychosis_history": [False, True],
    "pregnancy_status": ["not_pregnant", "pregnant"],
    "resting_systolic_mmhg": [128, 190],
    "bipolar_history": [False, True],
    "medications": [["sertraline"], ["sertraline", "theophylline"]],
    "allergies": [[], ["ketamine"]],
    "alt_times_uln": ["0.5", "3.5"],
}
T = TypeVar("T")
pick = st.integers(0, 30)


class Clearing(RuleBasedStateMachine):
    """One patient, one route, and staff who try everything."""

    service: ClassVar[Harness]
    loop: ClassVar[asyncio.AbstractEventLoop]
    cleared_at_times: ClassVar[int] = 0

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something on the test's loop, from the machine's thread."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    @initialize(screened=st.booleans())
    def arrive(self, screened: bool) -> None:
        """Dana is registered; half of the time everything about her is known."""
        self.service.clock.at = NOON
        self.clinic = Clinic(self.service, uuid4())
        self.run(self.clinic.register())
        self.evaluations: list[dict[str, Any]] = []
        self.drafts: list[dict[str, Any]] = []
        self.decision: dict[str, Any] | None = None
        self.consent: dict[str, Any] | None = None
        self.concerns: dict[str, dict[str, Any]] = {}
        if screened:
            self.run(self.clinic.screen())
            self.evaluate()
            self.decide(0, "eligible")
            self.draft()
            self.sign(0, 0, ["treatment_im"])

    @property
    def now(self) -> datetime:
        return self.service.clock.now()

    def cleared(self) -> bool:
        """What the service says now."""
        return bool(self.run(self.clinic.status())["cleared"])

    def answered(self, response: Response, *, good: int) -> dict[str, Any] | None:
        """The answer, if it is a good one; everything else has to be a refusal with a name."""
        assert response.status_code in (good, 404, 409, 412, 422), response.text
        return response.json() if response.status_code == good else None

    # --- what is known ---------------------------------------------------------------------

    @rule(name=st.sampled_from(sorted(TOLD)), bad=st.booleans())
    def tell(self, name: str, bad: bool) -> None:
        self.service.clock.advance(timedelta(minutes=1))
        assert self.run(self.clinic.record(**{name: TOLD[name][bad]})).status_code == 201

    @rule(name=st.sampled_from(sorted(TOLD)))
    def forget(self, name: str) -> None:
        """Somebody says that it is not known after all."""
        self.service.clock.advance(timedelta(minutes=1))
        before = self.cleared()
        assert self.run(self.clinic.record(**{name: None})).status_code == 201
        assert before or not self.cleared(), f"without {name} she is cleared"

    @rule(code=st.sampled_from(["69322001", "231494001", "47505003"]))
    def import_history(self, code: str) -> None:
        before = self.cleared()
        condition = resource("Condition", str(uuid4()), code=coded(code))
        elsewhere = resource("Consent", str(uuid4()), status="active", scope=coded("treatment"))
        assert self.run(load(self.clinic, condition, elsewhere)).status_code == 201
        assert before or not self.cleared(), "an outside consent clears"

    # --- decisions -------------------------------------------------------------------------

    @rule()
    def evaluate(self) -> None:
        """Twice the same: an evaluation depends on what is known, and on nothing else."""
        found = self.run(self.clinic.evaluate())
        again = self.run(self.clinic.evaluate())
        for member in ("results", "rule_set_version", "forbidden_by", "attest"):
            assert found[member] == again[member]
        self.evaluations.append(again)

    @rule(which=pick, outcome=st.sampled_from(["eligible", "eligible", "not_eligible", "deferred"]))
    def decide(self, which: int, outcome: str) -> None:
        """On any evaluation there was; every review attested."""
        if not self.evaluations:
            return
        evaluation = self.evaluations[-1 - which % len(self.evaluations)]
        reasons = [{"rule": r, "reason": "specialist_consulted"} for r in evaluation["attest"]]
        made = self.answered(self.run(self.clinic.decide(evaluation, outcome, reasons)), good=201)
        if made is not None:
            assert outcome != "eligible" or not evaluation["forbidden_by"]
            assert evaluation is self.evaluations[-1]
            self.decision = made

    @rule(rule_id=st.sampled_from(["C13", "C28"]))
    def tighten(self, rule_id: str) -> None:
        """A network's rule becomes an exclusion."""
        before = self.cleared()
        document = overlay(f"t-{uuid4().hex[:8]}", {"rule": rule_id, "outcome": "X"})
        response = self.run(self.clinic.post("/v1/rule-publications", document, role="ops_admin"))
        self.answered(response, good=201)
        self.run(self.clinic.service.run_due())
        assert before or not self.cleared()

    # --- consents --------------------------------------------------------------------------

    @rule()
    def draft(self) -> None:
        self.drafts.append(self.run(self.clinic.draft()))

    @rule(
        which=pick,
        wrong=st.integers(0, 5),
        scopes=st.sampled_from([["treatment_im"], ["touch"], ["treatment_im", "touch"]]),
    )
    def sign(self, which: int, wrong: int, scopes: list[str]) -> None:
        if not self.drafts:
            return
        shown = self.drafts[which % len(self.drafts)]
        answers = {"answers": understood(wrong)}
        signed = self.run(self.clinic.sign(shown, scopes=scopes, comprehension=answers))
        if (made := self.answered(signed, good=200)) is not None:
            assert wrong <= 2
            self.consent = made

    @rule(scope=st.sampled_from(["touch", "treatment_im"]))
    def narrow(self, scope: str) -> None:
        if self.consent is not None:
            path = f"/v1/consents/{self.consent['id']}/narrowing"
            narrowed = self.run(self.clinic.post(path, {"scopes": [scope]}))
            self.consent = self.answered(narrowed, good=200) or self.consent

    @rule()
    def revoke(self) -> None:
        if self.consent is not None:
            self.answered(self.run(self.clinic.revoke(self.consent["id"])), good=200)
            self.consent = None
            assert not self.cleared()

    # --- safety ----------------------------------------------------------------------------

    @rule(item=st.sampled_from(["q1", "q3", "q5"]))
    def worry(self, item: str) -> None:
        started = self.run(self.clinic.start("cssrs_screener"))
        raised = self.run(self.clinic.answer(started, item, 1)).json()["concerns"]
        for one in self.run(self.clinic.concerns()):
            if one["id"] in raised:
                self.concerns[one["id"]] = one

    @rule(act=st.sampled_from(["acknowledgement", "clearing"]))
    def attend(self, act: str) -> None:
        reason = {"acknowledgement": "assessed_in_person", "clearing": "safety_plan_in_place"}[act]
        for concern in list(self.concerns.values()):
            done = self.answered(self.run(self.clinic.on_concern(concern, act, reason)), good=200)
            if done is not None and not done["blocks_dosing"]:
                del self.concerns[concern["id"]]

    @rule(days=st.sampled_from([1, 20, 100, 200]))
    def wait(self, days: int) -> None:
        before = self.cleared()
        # A concern that nobody takes up climbs every few minutes: a day of that is enough.
        self.service.clock.advance(timedelta(days=1 if self.concerns else days))
        self.run(self.clinic.service.run_due())
        assert before or not self.cleared(), "time heals nothing"

    # --- what always holds -----------------------------------------------------------------

    @invariant()
    def nobody_is_cleared_without_decision_consent_and_safety(self) -> None:
        status = self.run(self.clinic.status())
        confirmed = self.run(self.clinic.confirm())
        assert (confirmed.status_code == 201) <= status["cleared"]
        if not status["cleared"]:
            assert confirmed.status_code == 409
            return
        Clearing.cleared_at_times += 1
        assert self.decision is not None
        assert self.decision["outcome"] == "eligible"
        assert datetime.fromisoformat(self.decision["expires_at"]) > self.now
        assert self.consent is not None
        assert "treatment_im" in self.consent["scopes"]
        assert datetime.fromisoformat(self.consent["expires_at"]) > self.now
        assert self.concerns == {}
        today = self.run(self.clinic.evaluate())  # a decision on the one before is outdated by it
        self.evaluations.append(today)
        assert today["forbidden_by"] == []


async def test_no_sequence_of_calls_clears_without_decision_and_consent(service: Harness) -> None:
    Clearing.service, Clearing.loop = service, asyncio.get_running_loop()
    bounds = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, Clearing, settings=bounds)
    assert Clearing.cleared_at_times > 0  # it has been somewhere where the promise matters


@pytest.mark.parametrize("overlooked", ["safety", "decision", "consent"])
async def test_service_that_overlooks_something_is_found(
    service: Harness, monkeypatch: pytest.MonkeyPatch, overlooked: str
) -> None:
    """The twin: a clearance derived without one of its causes, met on the shortest way."""

    def careless(decisions: Any, consents: Any, **more: Any) -> Any:
        if overlooked == "safety":
            more["safety_blocked"] = False
        elif overlooked == "decision":
            decisions = {r: replace(d, outcome="eligible") for r, d in decisions.items()}
        else:
            consents = [replace(c, revoked=False) for c in consents]
        return derive(decisions, consents, **more)

    def walk() -> None:
        machine = Clearing()
        machine.arrive(screened=True)
        machine.nobody_is_cleared_without_decision_consent_and_safety()
        monkeypatch.setattr("intake.use_cases.reconsider_clearance.derive", careless)
        if overlooked == "safety":
            machine.worry("q3")
        elif overlooked == "decision":
            machine.decide(0, "deferred")
        else:
            machine.revoke()
        machine.nobody_is_cleared_without_decision_consent_and_safety()

    Clearing.service, Clearing.loop = service, asyncio.get_running_loop()
    with pytest.raises(AssertionError):
        await asyncio.to_thread(walk)
