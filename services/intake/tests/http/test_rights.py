"""A patient's own rights: the whole record, corrections, and erasure within the law."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from intake.http.record_pdf import _lines

from .steps import PHQ9_19, Clinic, problem
from .test_fhir import load, resource


def themselves(clinic: Clinic, patient: str) -> Any:
    return clinic.service.client(
        "patient", network=clinic.network, patient=UUID(patient), subject=UUID(patient)
    )


async def request(clinic: Clinic, kind: str, detail: str | None = None) -> dict[str, Any]:
    path = f"/v1/patients/{clinic.patient}/rights-requests"
    async with themselves(clinic, clinic.patient) as patient:
        answer = await patient.post(path, json={"kind": kind, "detail": detail})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def settle(clinic: Clinic, made: dict[str, Any], status: str, reason: str) -> Any:
    path = f"/v1/rights-requests/{made['id']}/settlement"
    return await clinic.post(path, {"status": status, "reason": reason}, role="privacy_officer")


async def test_patient_reads_everything_that_is_kept_and_nobody_elses(clinic: Clinic) -> None:
    other = await clinic.register(given_name="Eli")
    await clinic.clear_for_im()
    await clinic.assess("phq9", PHQ9_19)
    async with themselves(clinic, clinic.patient) as patient:
        path = f"/v1/patients/{clinic.patient}/export"
        record = (await patient.get(path)).json()
        printed = await patient.get(f"{path}.pdf")
        others = await patient.get(f"/v1/patients/{other}/export")
        missing = await patient.get(f"/v1/patients/{uuid4()}/export")

    assert record["patient"]["family_name"] == "Canary"
    assert {"assessments", "facts", "consents", "decisions", "safety_concerns"} <= set(record)
    (phq9,) = [a for a in record["assessments"] if a["instrument"] == "phq9"]
    assert phq9["answers"]["item9"] == 1
    assert all(record[kind] for kind in ("facts", "consents", "decisions", "safety_concerns"))
    assert printed.content.startswith(b"%PDF")
    assert problem(others) == problem(missing) == (404, "patient_not_found")


async def test_export_holds_every_past_evaluation_and_everything_that_stands_around_it(
    clinic: Clinic,
) -> None:
    await clinic.register()
    await clinic.screen(bipolar_history=True)
    first = await clinic.evaluate()
    reasons = [{"rule": "C13", "reason": "specialist_consulted", "note": "mood is stable"}]
    await clinic.decide(first, attestations=reasons)
    clinic.service.clock.advance(timedelta(minutes=1))
    await clinic.record(bipolar_history=False)
    second = await clinic.evaluate()
    await clinic.decide(second)
    consent = (await clinic.sign(await clinic.draft())).json()["id"]
    await clinic.post(f"/v1/consents/{consent}/reaffirmations", {"visit_id": str(uuid4())})
    assert (await clinic.confirm()).status_code == 201
    await load(clinic, resource("DocumentReference", "d", status="current", description="a scan"))

    async with themselves(clinic, clinic.patient) as patient:
        record = (await patient.get(f"/v1/patients/{clinic.patient}/export")).json()

    told = {one["id"]: one for one in record["evaluations"]}
    assert list(told) == [first["id"], second["id"]]
    assert told[first["id"]]["inputs"]["bipolar_history"] is True
    (found,) = [r for r in told[first["id"]]["results"] if r["rule"] == "C13"]
    assert (found["finding"], told[first["id"]]["rule_set_version"]) == ("hit", "2026.4")
    assert found["explanation"]
    assert len(record["decisions"]) == 2
    assert record["decisions"][0]["attestations"][0]["note"] == "mood is stable"
    assert record["consents"][0]["comprehension"]["driving"] == "next_day"
    assert len(record["consent_reaffirmations"]) == len(record["clearance_confirmations"]) == 1
    assert record["outside_records"][0]["content"]["description"] == "a scan"
    assert len(record["fhir_imports"]) == 1


async def test_record_on_paper_says_in_words_what_the_export_holds(clinic: Clinic) -> None:
    await clinic.clear_for_im()
    async with themselves(clinic, clinic.patient) as patient:
        path = f"/v1/patients/{clinic.patient}/export"
        record = (await patient.get(path)).json()
        printed = await patient.get(f"{path}.pdf")
    lines = [line for kind in record.values() for line in _lines(kind, 0)]
    assert printed.headers["Content-Type"] == "application/pdf"
    assert "family name: Canary" in lines
    assert any("Ketamine" in line or "ketamine" in line for line in lines)
    assert not any("{" in line for line in lines)


async def test_patient_reads_who_has_read_and_changed_their_record(clinic: Clinic) -> None:
    other = await clinic.register(given_name="Eli", born_on="1951-01-01", phone=None)
    mine = await clinic.register()
    nurse = uuid4()
    async with clinic.client("nurse", subject=nurse) as reader:
        assert (await reader.get(f"/v1/patients/{mine}")).status_code == 200

    async with themselves(clinic, mine) as patient:
        log = (await patient.get("/v1/access-log")).json()["items"]
        others = await patient.get(f"/v1/access-log?patient_id={other}")

    read = [one for one in log if one["who"] == str(nurse)]
    assert [one["action"] for one in read] == ["patient.read"]
    assert {one["action"] for one in log} >= {"patient.read", "patient.register"}
    assert others.status_code in (403, 404)


async def test_self_service_link_reads_no_record(clinic: Clinic) -> None:
    await clinic.register()
    path = f"/v1/patients/{clinic.patient}/self-service-links"
    token = (await clinic.post(path, {"instruments": ["phq9"]})).json()["token"]
    async with clinic.service.raw(headers={"Authorization": f"Bearer {token}"}) as link:
        refused = await link.get(f"/v1/patients/{clinic.patient}/export")
    assert problem(refused) == (404, "link_not_found")


async def test_correction_is_asked_for_and_settled_once(clinic: Clinic) -> None:
    await clinic.register()
    made = await request(clinic, "correction", "my weight is wrong")

    done = await settle(clinic, made, "declined", "record_is_accurate")
    again = await settle(clinic, made, "done", "done_as_asked")
    odd = await settle(clinic, made, "done", "because")
    nurse = await clinic.post(
        f"/v1/rights-requests/{made['id']}/settlement",
        {"status": "done", "reason": "done_as_asked"},
        role="nurse",
    )

    assert (done.json()["status"], done.json()["settlement_reason"]) == (
        "declined",
        "record_is_accurate",
    )
    assert problem(again) == (409, "rights_request_settled")
    assert problem(odd) == (422, "unknown_reason")
    assert problem(nurse) == (403, "not_permitted")


async def test_erasure_waits_for_retention_and_for_a_legal_hold(clinic: Clinic) -> None:
    await clinic.clear_for_im()
    made = await request(clinic, "erasure", "please forget me")
    hold = f"/v1/patients/{clinic.patient}/legal-hold"
    placed = await clinic.post(hold, {"reason": "litigation"}, role="privacy_officer")
    twice = await clinic.post(hold, {"reason": "litigation"}, role="privacy_officer")

    early = await settle(clinic, made, "done", "done_as_asked")
    clinic.service.clock.advance(timedelta(days=3653))
    held = await settle(clinic, made, "done", "done_as_asked")
    await clinic.post(f"{hold}/lifting", role="privacy_officer")
    done = await settle(clinic, made, "done", "done_as_asked")

    assert placed.json()["held"] is True
    assert problem(twice) == (409, "legal_hold_state")
    assert problem(early) == problem(held) == (409, "erasure_forbidden")
    assert early.json()["rules"] == ["legal_hold", "retention"]
    assert held.json()["rules"] == ["legal_hold"]
    assert done.json()["status"] == "done"


async def test_erased_patient_is_nobody_and_cleared_for_nothing(clinic: Clinic) -> None:
    await clinic.clear_for_im()
    contact = {"kind": "escort", "name": "Sam Canary", "phone": "+13035550111",
               "relationship": "partner"}  # fmt: skip
    await clinic.post(f"/v1/patients/{clinic.patient}/contacts", contact)
    identifier = {"system": "urn:oid:1.2.3", "value": "MRN-77"}
    await clinic.post(f"/v1/patients/{clinic.patient}/identifiers", identifier)
    await clinic.screen(psychosis_history=True)
    found = await clinic.evaluate()
    proposal = {"evaluation_id": found["id"], "overrides": [
        {"rule": "C11", "reason": "specialist_consulted", "note": "words about it"}]}  # fmt: skip
    await clinic.post(f"/v1/patients/{clinic.patient}/override-proposals", proposal)
    referral = {"indication": "treatment_resistant_depression", "reason": "words of Canary",
                "referrer_name": "Dr Canary"}  # fmt: skip
    path = (await clinic.post("/v1/referrals", referral)).headers["Location"]
    etag = (await clinic.get(path)).headers["ETag"]
    accepted = {"status": "accepted", "patient_id": clinic.patient}
    moved = await clinic.post(f"{path}/status", accepted, headers={"If-Match": etag})
    assert moved.status_code == 200, moved.text
    letter = resource("DocumentReference", "MRN-77", status="current", description="Canary")
    assert (await load(clinic, letter)).status_code == 201
    made = await request(clinic, "erasure", "words of the Canary")
    clinic.service.clock.advance(timedelta(days=3653))

    await settle(clinic, made, "done", "done_as_asked")

    person = (await clinic.get(f"/v1/patients/{clinic.patient}")).json()
    assert (person["given_name"], person["phone"], person["born_on"]) == (
        "erased",
        None,
        "1984-01-01",
    )
    for table in (
        *("patient", "patient_contact", "patient_identifier", "rights_request", "referral"),
        *("override_proposal", "outside_record", "fhir_import", "fhir_resource"),
    ):
        kept = str(await clinic.service.rows(table, clinic.network))
        for secret in ("Canary", "5550111", "5550142", "MRN-77", "words"):
            assert secret not in kept
    assert (await clinic.status())["reasons"] == ["record_ended"]
    assert await clinic.service.rows("clinical_fact", clinic.network)
    (event,) = [
        e for e in await clinic.service.outboxed(clinic.network)
        if e.type == "intake.patient_erased.v1"
    ]  # fmt: skip
    assert event.data["request_id"] == made["id"]
