"""What one person alone reads: the therapist's own note, the patient's journal."""

from __future__ import annotations

import uuid

from kairos_cli.demo.stage import check, expect
from kairos_cli.demo.world import World


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
