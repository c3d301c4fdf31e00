"""Intake: Dana is registered, assessed, decided on, and consents."""

from __future__ import annotations

from typing import Any

from kairos_cli.demo.acts import answers, scales
from kairos_cli.demo.people import Answer
from kairos_cli.demo.stage import check, expect
from kairos_cli.demo.world import World

# The reference journey's answers: a sum of 19, item 9 = 1.


def register(world: World) -> None:
    """Day -14: Dana becomes known."""
    world.stage.scene("Intake: who Dana is, whether ketamine is right for her, what she agrees to")
    world.at(-14)
    _register(world)


def play(world: World) -> None:
    """Days -14 to -10."""
    _phq9(world)
    _cssrs(world)
    _anxiety_and_trauma(world)
    _substances(world)
    world.at(-12)
    _vitals(world)
    _not_without_facts(world)
    _facts(world)
    _decide(world)
    world.at(-10)
    _consent(world)


def _register(world: World) -> None:
    words = world.words
    who = f"Register {words.given_name} {words.family_name}, born {words.born_on}"
    with world.stage.step("Desk", who) as step:
        answer = expect(
            world.desk.post(
                "intake",
                "/v1/patients",
                {
                    "given_name": words.given_name,
                    "family_name": words.family_name,
                    "born_on": words.born_on,
                    "sex_at_birth": "female",
                    "administrative_gender": "female",
                    "phone": words.phone,
                    "preferred_language": "en",
                    "zone": "America/Denver",
                },
            ),
            201,
        )
        world.ids["patient"] = answer.body["id"]
        step.answered = "registered; everywhere else only an opaque id"
        world.stage.crossed(step, "intake.patient_registered.v1")


def _phq9(world: World) -> None:
    with world.stage.step("RN Ortiz", "Ask the PHQ-9, item by item") as step:
        assessment = scales.start(world, "phq9")
        raised: list[str] = []
        for item, value in answers.PHQ9.items():
            raised += scales.reply(world, assessment, f"item{item}", value).body["concerns"]
        check(len(raised) == 1, f"item 9 must raise one concern, it raised {len(raised)}")
        world.ids["concern"] = raised[0]
        score = scales.complete(world, assessment)
        check(score["score"] == 19, f"the score must be 19, it is {score['score']}")
        step.answered = f"{score['score']}, {score['band']}; item 9 = 1 raised a safety concern"
        world.stage.crossed(step, "intake.safety_concern_raised.v1")
    with world.stage.step("Dr Lee", "Acknowledge the concern") as step:
        concern = f"/v1/safety-concerns/{world.ids['concern']}"
        body = {"reason": "cssrs_to_follow"}
        answer = expect(world.lee.act_on("intake", concern, "acknowledgement", body), 200)
        step.answered = f"acknowledged; blocks dosing: {answer.body['blocks_dosing']}"
        world.stage.crossed(step, "intake.safety_concern_acknowledged.v1")


def _cssrs(world: World) -> None:
    with world.stage.step("RN Ortiz", "Ask the C-SSRS screener") as step:
        begun = scales.begun(world, "cssrs_screener")  # by item 9 of the PHQ-9
        for item, value in answers.CSSRS.items():
            scales.reply(world, begun, item, value)
        band = scales.complete(world, begun)["band"]
        check(band == "low", f"the risk must be low, it is {band}")
        step.answered = f"{band} risk"


def _anxiety_and_trauma(world: World) -> None:
    with world.stage.step("RN Ortiz", "Ask the GAD-7 and the PCL-5") as step:
        anxiety = scales.ask(world, "gad7", scales.adding_up(14, 7, 3))
        trauma = scales.ask(world, "pcl5", scales.adding_up(28, 20, 4))
        scores = (anxiety["score"], trauma["score"])
        check(scores == (14, 28), f"14 and 28 expected, {scores} found")
        step.answered = f"GAD-7 {anxiety['score']}, PCL-5 {trauma['score']}"


def _substances(world: World) -> None:
    with world.stage.step("RN Ortiz", "Ask the AUDIT-C, enter the DAST-10 total") as step:
        alcohol = scales.ask(world, "audit_c", answers.AUDIT_C)
        drugs = scales.enter(world, "dast10", "1")
        scores = (int(alcohol["score"]), int(drugs["score"]))
        check(scores == (2, 1), f"AUDIT-C 2 and DAST-10 1 expected, {scores} found")
        bands = (alcohol["band"], drugs["band"])
        check(bands == ("negative", "low"), f"both screens must be quiet: {bands}")
        step.answered = f"AUDIT-C {alcohol['score']}, DAST-10 {drugs['score']}"


def _record(world: World, facts: dict[str, Any]) -> Answer:
    path = f"/v1/patients/{world.ids['patient']}/facts"
    at = world.stamp()  # found out together
    rows = [
        {"name": name, "value": value, "occurred_at": at, "source": "clinician"}
        for name, value in facts.items()
    ]
    return expect(world.lee.post("intake", path, {"facts": rows}), 201)


def _vitals(world: World) -> None:
    with world.stage.step("Dr Lee", "Record BP 128/80, HR 74, weight 68.0 kg") as step:
        _record(world, {n: v for n, v in answers.FACTS.items() if n.startswith("resting")})
        step.answered = "kept"


def evaluate(world: World, route: str = "im") -> dict[str, Any]:
    """Ask the rules."""
    path = f"/v1/patients/{world.ids['patient']}/evaluations"
    return expect(world.lee.post("intake", path, {"route": route}), 201).body


def _not_without_facts(world: World) -> None:
    with world.stage.step("Dr Lee", "Evaluate for IM before everything is known") as step:
        found = evaluate(world)
        unknown = [rule["rule"] for rule in found["results"] if rule["unknown"]]
        check(bool(unknown), "unknown facts must never pass")
        step.answered = f"unknown is never a pass: {', '.join(unknown)} ask for review"


def _facts(world: World) -> None:
    with world.stage.step("Dr Lee", "Record history, medication, pregnancy test") as step:
        rest = {n: v for n, v in answers.FACTS.items() if not n.startswith("resting")}
        _record(world, {**rest, "medications": [world.words.medication]})
        step.answered = "kept"


def _decide(world: World) -> None:
    with world.stage.step("Dr Lee", "Evaluate the eligibility rules for IM") as step:
        found = evaluate(world)
        forbidden, attest = found["forbidden_by"], found["attest"]
        check(not forbidden and not attest, f"all rules must pass: {forbidden} {attest}")
        world.ids["evaluation"] = found["id"]
        passed = len(found["results"])
        step.answered = f"{passed} rules pass, rule set {found['rule_set_version']}"
    with world.stage.step("Dr Lee", "Decide: eligible for IM") as step:
        path = f"/v1/patients/{world.ids['patient']}/decisions"
        body = {"evaluation_id": world.ids["evaluation"], "outcome": "eligible"}
        decision = expect(world.lee.post("intake", path, body), 201).body
        step.answered = f"decided; expires {decision['expires_at'][:10]}"
        world.stage.crossed(step, "intake.eligibility_decided.v1")


def _consent(world: World) -> None:
    with world.stage.step("Dr Shah", "Show the consent, check comprehension, sign for IM") as step:
        sign_consent(world)
        step.answered = "active; the hash of the exact text is kept"
        world.stage.crossed(step, "intake.consent_signed.v1", "intake.clearance_changed.v1")
    with world.stage.step("Dr Lee", "Ask: may Dana be dosed by IM?") as step:
        path = f"/v1/patients/{world.ids['patient']}/clearance"
        clearance = expect(world.lee.get("intake", path), 200).body
        im = next(route for route in clearance["routes"] if route["route"] == "im")
        check(im["cleared"], f"IM must be cleared: {im['reasons']}")
        step.answered = f"cleared, clearance version {clearance['clearance_version']}"


def sign_consent(world: World, *scopes: str) -> None:
    """Draft, show, check and sign a consent, for IM unless other scopes are named."""
    path = f"/v1/patients/{world.ids['patient']}/consents"
    draft = {"document": "kap_consent", "language": "en"}
    consent = expect(world.shah.post("intake", path, draft), 201)
    world.ids["consent"] = consent.body["id"]
    own = f"/v1/consents/{world.ids['consent']}"
    text = expect(world.shah.get("intake", f"{own}/text"), 200).body
    signature = {
        "text_sha256": text["text_sha256"],
        "scopes": list(scopes or ("treatment_im",)),
        "elements": [element["code"] for element in text["elements"]],
        "comprehension": {"answers": answers.UNDERSTOOD},
        "capacity_attested": True,
    }
    expect(world.shah.act_on("intake", own, "signature", signature), 200)
