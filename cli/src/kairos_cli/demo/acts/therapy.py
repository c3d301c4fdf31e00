"""Therapy around the doses: preparation, integration, safety calls, journal, private note."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from kairos_cli.demo.stage import check, expect
from kairos_cli.demo.world import World

_RECORD: dict[str, dict[str, Any]] = {
    "preparation": {
        "goals": ["sleep without dread", "speak of her father"],
        "intention": "meet grief without running",
        "expectations": "that it may be hard, and pass",
        "escort_arranged": True,
        "set_and_setting": {"music": "strings, no words", "eyeshade": True},
    },
    "integration": {
        "images": ["a tide"],
        "emotions": ["grief", "relief"],
        "difficulties": [{"experience": "fear of dissolving", "resolution": "breath, a hand"}],
        "meaning": "it can be carried",
        "practices": [{"practice": "journal", "times_per_week": 5, "confidence": 7}],
    },
}


def prepare(world: World) -> None:
    """Days -7 and -3: Dana and her therapist get ready."""
    world.stage.scene("Integration: two preparations before the first dose")
    for number, day in ((1, -7), (2, -3)):
        world.at(day)
        with world.stage.step("Dr Shah", f"Day {day}: preparation {number}, 60 minutes") as step:
            record = dict(_RECORD["preparation"])
            sign(world, "preparation", record, None, minutes=60)
            step.answered = f"signed; intention: “{record['intention']}”"
            world.stage.crossed(step, "integration.therapy_session_recorded.v1")


def sign(
    world: World, kind: str, record: dict[str, Any], episode: str | None, *, minutes: int = 50
) -> str:
    """Draft and sign a record of a meeting that ends now. Returns the session's id."""
    now = world.now()
    body = {
        "patient_id": world.ids["patient"],
        "episode_id": episode,
        "kind": kind,
        "started_at": (now - timedelta(minutes=minutes)).isoformat(),
        "ended_at": now.isoformat(),
        "record": record,
    }
    draft = expect(world.shah.post("integration", "/v1/therapy-drafts", body), 201)
    path = f"/v1/therapy-drafts/{draft.body['id']}/signature"
    zone = {"zone": "America/Denver"}
    signed = expect(world.shah.post("integration", path, zone, draft.etag), 200)
    return str(signed.body["therapy_session_id"])


def open_episode(world: World) -> dict[str, Any]:
    """The episode that the last discharge has opened."""
    found: list[dict[str, Any]] = []

    def opened() -> bool:
        wanted = {"patient_id": world.ids["patient"], "state": "open"}
        found[:] = expect(world.shah.get("integration", "/v1/episodes", **wanted), 200).body[
            "items"
        ]
        return bool(found)

    world.stage.until(opened, "the episode after the discharge")
    return found[-1]


def integrate(world: World, day: int, dosed_at: datetime, where: str = "A") -> None:
    """Integration of the last dose, 22 hours after it."""
    episode = open_episode(world)
    world.platform.clock.set(dosed_at + timedelta(hours=22))
    asked = f"Day {day}: integration at clinic {where}, 22 h after the dose"
    with world.stage.step("Dr Shah", asked) as step:
        words = world.words
        record = {**_RECORD["integration"], "themes": [words.theme], "insights": [words.insight]}
        record["commitments"] = [{"behaviour": words.commitment, "confidence": 7}]
        session = sign(world, "integration", record, episode["id"])
        kept = expect(world.shah.get("integration", f"/v1/therapy-sessions/{session}"), 200).body
        closed = expect(world.shah.get("integration", f"/v1/episodes/{episode['id']}"), 200).body
        check(closed["outcome"] == "completed", "the session must complete its episode")
        check(kept["hours_since_dose"] == 21, f"21 h since the dose: {kept['hours_since_dose']}")
        step.answered = f"signed {kept['hours_since_dose']} h after; episode completed, in time"
        world.stage.crossed(step, "integration.episode_closed.v1")


def call(world: World, occasion: str, day: int) -> None:
    """The safety call that is due."""
    with world.stage.step("RN Ortiz", f"Day {day}: safety call") as step:
        found: list[dict[str, Any]] = []

        def due() -> bool:
            wanted = {"patient_id": world.ids["patient"], "state": "open"}
            page = expect(world.ortiz.get("integration", "/v1/safety-calls", **wanted), 200)
            found[:] = [one for one in page.body["items"] if one["occasion"] == occasion]
            return bool(found)

        world.stage.until(due, f"the call {occasion}")
        own = f"/v1/safety-calls/{found[0]['id']}"
        etag = expect(world.ortiz.get("integration", own), 200).etag
        settled = world.ortiz.post("integration", f"{own}/outcome", {"outcome": "well"}, etag)
        step.answered = str(expect(settled, 200).body["outcome"])
        world.stage.crossed(step, "integration.safety_call_completed.v1")


def write_privately(world: World) -> None:
    """Day 1: what nobody else reads."""
    patient = world.ids["patient"]
    with world.stage.step("Dr Shah", "Keep a psychotherapy note; Dr Lee tries to read it") as step:
        prompts = expect(world.shah.get("integration", "/v1/psychotherapy-note-prompts"), 200).body
        facts = [{"fact": one["fact"], "present": False} for one in prompts["items"]]
        path = f"/v1/patients/{patient}/psychotherapy-notes"
        body = {"id": str(uuid.uuid4()), "words": world.private.note, "safety_facts": facts}
        note = expect(world.shah.post("integration", path, body), 201).body["id"]
        own = expect(world.shah.get("integration", f"/v1/psychotherapy-notes/{note}"), 200).body
        check(own["words"] == world.private.note, "the author reads the note")
        expect(world.lee.get("integration", f"/v1/psychotherapy-notes/{note}"), 403)
        step.answered = "sealed; its author alone opens it"
    dana = world.admit("Dana", uuid.UUID(patient))
    with world.stage.step("Dana", "Write in the journal, and share one entry") as step:
        notice = expect(dana.get("integration", "/v1/journal/notice"), 200).body
        choice = {"notice_version": notice["version"], "screened": True}
        expect(dana.post("integration", "/v1/journal/choices", choice), 201)
        entry = expect(
            dana.post("integration", "/v1/journal/entries", {"words": world.private.journal}), 201
        )
        shared = f"/v1/patients/{patient}/journal"
        check(not expect(world.shah.get("integration", shared), 200).body["items"], "private")
        path = f"/v1/journal/entries/{entry.body['id']}/sharing"
        expect(dana.post("integration", path, {"audience": "therapist"}, entry.etag), 200)
        (read,) = expect(world.shah.get("integration", shared), 200).body["items"]
        check(read["words"] == world.private.journal, "her therapist reads what she shares")
        step.answered = "private until shared with her therapist; nobody watches it, as she is told"
