"""One of each thing that is read by its id and that no journey makes, in a played network."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

import httpx
from kairos_cli.demo.journey import Played
from kairos_cli.platform import Platform


def get(
    client: httpx.Client, platform: Platform, service: str, path: str, role: str, network: UUID
) -> httpx.Response:
    """Ask as somebody with that role in that network."""
    token = {"Authorization": f"Bearer {platform.mint(role, network=network)}"}
    return client.get(platform.urls[service] + path, headers=token)


def of_integration(client: httpx.Client, platform: Platform, played: Played) -> dict[str, str]:
    """Safety call, task, commitment, red flag, measure: ids by their names in paths."""
    patient, network = played.world.ids["patient"], played.network
    made: dict[str, str] = {}
    for name, path in (("safety_call_id", "/v1/safety-calls"), ("measure_id", "/v1/measures")):
        listed = get(client, platform, "integration", path, "nurse", network).json()
        made[name] = listed["items"][0]["id"]
    task = {"patient_id": patient, "words": "call", "role": "nurse"}
    bodies: dict[str, tuple[str, dict[str, Any]]] = {
        "task_id": ("/v1/tasks", {**task, "due_at": "2027-03-09T16:00:00Z"}),
        "commitment_id": (
            f"/v1/patients/{patient}/commitments",
            {"behaviour": "walk", "confidence": 5, "zone": "UTC"},
        ),
        "red_flag_id": (
            "/v1/red-flags",
            {"patient_id": patient, "kind": "craving", "severity": "low"},
        ),
    }
    for name, (path, body) in bodies.items():
        made[name] = _post(client, platform, played, "integration", path, "therapist", body)["id"]
    return made


def of_intake(client: httpx.Client, platform: Platform, played: Played) -> dict[str, str]:
    """Referral, outside record, override proposal: ids by their names in paths."""
    body = {"indication": "ptsd", "referrer_name": "Dr Elsewhere"}
    referred = _post(client, platform, played, "intake", "/v1/referrals", "front_desk", body)
    return {
        "referral_id": referred["referral"]["id"],
        "record_id": _outside_record(client, platform, played),
        "proposal_id": _override(client, platform, played),
    }


def _outside_record(client: httpx.Client, platform: Platform, played: Played) -> str:
    """A letter of somebody else's about the first journey's patient."""
    patient = played.world.ids["patient"]
    letter = {
        "resourceType": "DocumentReference",
        "id": "letter",
        "status": "current",
        "type": {"coding": [{"system": "http://loinc.org", "code": "11506-3"}]},
        "content": [{"attachment": {"contentType": "text/plain", "data": "aGVsbG8="}}],
    }
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": letter}]}
    path = f"/v1/patients/{patient}/fhir-imports"
    kind = "application/fhir+json"
    _post(client, platform, played, "intake", path, "nurse", bundle, kind=kind)
    path = f"/v1/patients/{patient}/outside-records"
    listed = get(client, platform, "intake", path, "nurse", played.network).json()
    return str(listed["items"][0]["id"])


def _override(client: httpx.Client, platform: Platform, played: Played) -> str:
    """A proposal to decide over a rule, for a patient of its own."""
    another = "".join(chr(ord("a") + digit % 26) for digit in uuid4().bytes)  # each time
    person = {"given_name": another, "family_name": another[::-1], "born_on": "1980-01-01"}
    kept = {"administrative_gender": "female", "preferred_language": "en", "zone": "UTC"}
    kept |= {"sex_at_birth": "female"}
    made = _post(
        client, platform, played, "intake", "/v1/patients", "front_desk", {**person, **kept}
    )
    own = f"/v1/patients/{made['id']}"
    fact = {
        "name": "psychosis_history",
        "value": True,
        "occurred_at": played.world.stamp(),
        "source": "clinician",
    }

    def by_prescriber(path: str, body: dict[str, Any]) -> dict[str, Any]:
        return _post(client, platform, played, "intake", f"{own}/{path}", "prescriber", body)

    by_prescriber("facts", {"facts": [fact]})
    found = by_prescriber("evaluations", {"route": "im"})
    over = [{"rule": "C11", "reason": "specialist_consulted"}]
    seen = [{"rule": rule, "reason": "benefit_outweighs_risk"} for rule in found["attest"]]
    body = {"evaluation_id": found["id"], "overrides": over, "attestations": seen}
    return str(by_prescriber("override-proposals", body)["id"])


def _post(
    client: httpx.Client,
    platform: Platform,
    played: Played,
    service: str,
    path: str,
    role: str,
    body: dict[str, Any],
    *,
    kind: str = "application/json",
) -> dict[str, Any]:
    headers = {
        "Authorization": f"Bearer {platform.mint(role, network=played.network)}",
        "Idempotency-Key": str(uuid4()),
        "Content-Type": kind,
    }
    url = platform.urls[service] + path
    answer = client.post(url, content=json.dumps(body), headers=headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made
