"""The promises of the journey, asked of the platform's own records."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from kairos_cli.demo.acts import scales
from kairos_cli.demo.stage import check, expect
from kairos_cli.demo.world import World

# Every score of the journey: instrument, scores in order, the last change from the baseline.
SCORES = {
    "phq9": (["19", "12", "9", "8", "7"], "-63.2"),
    "gad7": (["14", "7"], "-50"),
    "pcl5": (["28", "17"], "-39.3"),
    "qids_sr16": (["11", "7"], None),
    "ebi": (["410"], None),
    "meq30": (["3.1"], None),
}
_GAP = timedelta(hours=72)
_SCALES = {"measure_overdue"}  # scales of the schedule that the reference journey does not ask


def prove(world: World) -> None:
    """Was every promise kept?"""
    world.stage.scene("Asked of the records: was every promise kept?")
    _doses(world)
    _ledger(world)
    _integration(world)
    _figures(world)
    _consent(world)
    _privacy(world)


def _doses(world: World) -> None:
    with world.stage.step("Dr Lee", "Six doses, three days apart, each watched") as step:
        given: list[dict[str, Any]] = []
        fewest = 99
        for session in world.sessions:
            own = f"/v1/sessions/{session}"
            given += expect(world.lee.get("dosing", f"{own}/administrations"), 200).body["items"]
            seen = expect(world.lee.get("dosing", f"{own}/observations"), 200).body["items"]
            fewest = min(fewest, len(seen))
        amounts = [one["amount_mg"] for one in given]
        check(amounts == ["34", "41", "48", "100", "200", "200"], f"given: {amounts}")
        moments = [datetime.fromisoformat(one["administered_at"]) for one in given]
        gaps = [later - earlier for earlier, later in pairwise(moments)]
        check(min(gaps) >= _GAP, f"a gap of {min(gaps)} is too short")
        check(fewest >= 5, f"a dose has only {fewest} sets of vitals")
        step.answered = f"{', '.join(amounts)} mg; shortest gap {min(gaps)}, {fewest} vitals"


def _ledger(world: World) -> None:
    with world.stage.step("RN Park", "Every milligram accounted for") as step:
        books = {}
        for name, left in (("vial", "376"), ("tablets", "700"), ("vial_B", "500")):
            path = f"/v1/containers/{world.ids[name]}"
            books[name] = expect(world.park.get("dosing", path), 200).body
            check(books[name]["balance_mg"] == left, f"{name}: {left} mg expected")
            check(books[name]["chain"] == "intact", f"{name}: the chain must hold")
        wastes = [e for e in books["vial"]["entries"] if e["kind"] == "waste"]
        gave = [e for e in books["vial"]["entries"] if e["kind"] == "administer"]
        check(len(wastes) == 1, "one waste")
        check(wastes[0]["witness"] not in (None, wastes[0]["actor"]), "a witness of its own")
        used = sum(Decimal(entry["amount_mg"]) for entry in wastes + gave)
        check(used == 124, f"123 mg given and 1 mg wasted expected, {used} found")
        step.answered = "V1 376 mg = 500 - 123 given - 1 wasted before a witness; R1 7 tablets"


def _integration(world: World) -> None:
    with world.stage.step("Dr Shah", "No integration forgotten") as step:
        wanted = {"patient_id": world.ids["patient"]}
        page = expect(world.shah.get("integration", "/v1/episodes", **wanted), 200).body["items"]
        check(len(page) == 6, f"6 episodes expected, {len(page)} found")
        check(all(one["outcome"] == "completed" for one in page), "all completed")
        check(all(one["closed_at"] <= one["due_at"] for one in page), "each in time")
        check(all(one["misses"] == 0 for one in page), "none missed")
        wanted["state"] = "open"
        calls = expect(world.shah.get("integration", "/v1/safety-calls", **wanted), 200).body
        check(not calls["items"], "no safety call is open")
        tasks = expect(world.shah.get("integration", "/v1/tasks", **wanted, limit=100), 200).body
        late = sorted({task["kind"] for task in tasks["items"] if task["overdue"]})
        check(set(late) <= _SCALES, f"tasks that nobody did: {late}")
        flags = f"/v1/patients/{world.ids['patient']}/red-flags"
        check(not expect(world.shah.get("integration", flags), 200).body["items"], "no red flag")
        step.answered = f"{len(page)} episodes completed before their deadline, both calls made"


def _figures(world: World) -> None:
    with world.stage.step("Dr Shah", "Every score of the journey, and what it amounts to") as step:
        for instrument, (scores, change) in SCORES.items():
            path = f"/v1/patients/{world.ids['patient']}/outcomes/{instrument}"
            points = expect(world.shah.get("integration", path), 200).body["points"]
            found = [point["score"] for point in points]
            check(found == scores, f"{instrument}: {scores} expected, {found} found")
            if change is not None:
                last = points[-1]["change_percent"]
                check(last == change, f"{instrument}: {change} % expected, {last} found")
        step.answered = "PHQ-9 19, 12, 9, 8, 7; GAD-7 14, 7; PCL-5 28, 17; QIDS 11, 7"


def _consent(world: World) -> None:
    with world.stage.step("Dr Shah", "Is the consent still good, and until when?") as step:
        found = expect(world.shah.get("intake", f"/v1/consents/{world.ids['consent']}"), 200).body
        signed, ends = (datetime.fromisoformat(found[n]) for n in ("signed_at", "expires_at"))
        check(found["state"] == "active", "the consent for both routes holds")
        check(355 < (ends - signed).days < 367, f"12 months expected, {ends - signed} found")
        step.answered = f"active; to be signed anew after 12 months, on {ends.date()}"


def _privacy(world: World) -> None:
    dana = world.people["Dana"]
    with world.stage.step("Dana", "Export my record") as step:
        path = f"/v1/patients/{world.ids['patient']}/export"
        record = expect(dana.get("intake", path), 200).body
        text = str(record)
        check(len(record["assessments"]) >= 20, "the export holds every assessment")
        check("PSYTHPN" not in text, "no psychotherapy note is in an export")
        check(world.private.note not in text, "not a word of the note is in an export")
        step.answered = f"{len(record['assessments'])} assessments; no psychotherapy note"
    with world.stage.step("Ops", "Private words stayed private") as step:
        mine = {world.shah.id, dana.id}
        for exchange in world.exchanges:
            if exchange.actor not in mine:
                said = str(exchange.answer.body)
                check(world.private.note not in said, f"the note is in {exchange.path}")
                check(world.private.journal not in said, f"the journal is in {exchange.path}")
        step.answered = f"not a word in {len(world.exchanges)} answers to anybody else"


def normal_urine(world: World, *, due: bool) -> None:
    """A urinalysis without a finding, charted; where one is due, noted as done."""
    entry = scales.chart(world, cystitis=False)[0]
    if due:
        scales.check_done(world, "urinalysis", entry)
