"""Day -14: somebody outside refers Dana, and she says who will take her home."""

from __future__ import annotations

from kairos_cli.demo.stage import expect
from kairos_cli.demo.world import World


def take(world: World) -> None:
    """The referral is taken and accepted, and the escort is named."""
    words = world.chart
    with world.stage.step("Desk", "Take the referral of an outside therapist: TRD") as step:
        told = {
            "indication": "treatment_resistant_depression",
            "reason": words.referral,
            "referrer_name": words.referrer,
        }
        taken = expect(world.desk.post("intake", "/v1/referrals", told), 201)
        path = f"/v1/referrals/{taken.body['referral']['id']}"
        body = {"status": "accepted", "patient_id": world.ids["patient"]}
        moved = world.desk.post("intake", f"{path}/status", body, taken.etag)
        step.answered = str(expect(moved, 200).body["status"])
    with world.stage.step("Desk", "Who takes Dana home? Sam, her escort") as step:
        escort = {
            "kind": "escort",
            "name": words.escort,
            "phone": words.escort_phone,
            "relationship": "friend",
        }
        path = f"/v1/patients/{world.ids['patient']}/contacts"
        expect(world.desk.post("intake", path, escort), 201)
        step.answered = "named, with a number to call"
