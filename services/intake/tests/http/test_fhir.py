"""FHIR in and out: everything in a bundle is accounted for, and a repeat adds nothing."""

from collections import Counter
from datetime import timedelta
from typing import Any

import orjson

from .steps import PHQ9_19, Clinic, problem

SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"


def coded(code: str, display: str = "", system: str = SNOMED) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": display}]}


def resource(kind: str, name: str, /, **fields: Any) -> dict[str, Any]:
    return {"resource": {"resourceType": kind, "id": name, **fields}}


def observation(name: str, loinc: str, value: float, unit: str, at: str, **more: Any) -> Any:
    return resource(
        "Observation", name, status="final", code=coded(loinc, system=LOINC),
        effectiveDateTime=at, valueQuantity={"value": value, "unit": unit, "code": unit}, **more,
    )  # fmt: skip


async def load(clinic: Clinic, *entries: Any, role: str = "nurse") -> Any:
    body = orjson.dumps({"resourceType": "Bundle", "type": "collection", "entry": list(entries)})
    path = f"/v1/patients/{clinic.patient}/fhir-imports"
    headers = {"Content-Type": "application/fhir+json"}
    async with clinic.client(role) as client:
        return await client.post(path, content=body, headers=headers)


def whole(at: str) -> list[Any]:
    return [
        resource("Patient", "p", active=True),
        resource("Condition", "c1", code=coded("69322001")),
        resource("Condition", "c2", code=coded("58214004"),
                 verificationStatus=coded("refuted")),
        resource("Condition", "c3", code=coded("231494001"), clinicalStatus=coded("resolved")),
        resource("Condition", "c4", code=coded("47505003")),
        resource("Condition", "c5", code=coded("99999999")),
        resource("MedicationStatement", "m1", status="active",
                 medicationCodeableConcept=coded("x", "Lorazepam 1 MG Oral Tablet")),
        resource("MedicationRequest", "m2", status="stopped",
                 medicationCodeableConcept=coded("x", "Theophylline 300 MG")),
        resource("AllergyIntolerance", "a1", code=coded("373464007", "Ketamine")),
        resource("Observation", "o1", status="final", code=coded("85354-9", system=LOINC),
                 effectiveDateTime=at, component=[
                     {"code": coded("8480-6", system=LOINC), "valueQuantity": {"value": 132}},
                     {"code": coded("8462-4", system=LOINC), "valueQuantity": {"value": 84}}]),
        observation("o2", "29463-7", 149.9, "[lb_av]", at),
        observation("o3", "29463-7", 68.04, "kg", at),
        observation("o4", "1742-6", 120, "U/L", at,
                    referenceRange=[{"high": {"value": 40}}]),
        observation("o5", "1920-8", 120, "U/L", at),
        observation("o6", "8867-4", 7400, "/min", at),
        resource("Observation", "o7", status="preliminary", code=coded("8867-4", system=LOINC)),
        resource("Observation", "o8", status="final", code=coded("82810-3", system=LOINC),
                 effectiveDateTime=at, valueCodeableConcept=coded("60001007")),
        resource("Procedure", "x1"),
        resource("Consent", "x2"),
        resource("Condition", "c6", code=coded("69322001"),
                 modifierExtension=[{"url": "urn:not"}]),
    ]  # fmt: skip


async def test_every_resource_is_in_the_report_with_what_became_of_it(clinic: Clinic) -> None:
    await clinic.register()
    at = clinic.service.clock.now().isoformat()

    report = (await load(clinic, *whole(at))).json()

    told = {line["resource"]: (line["outcome"], line["reason"]) for line in report["lines"]}
    assert report["resources"] == len(told) == 20
    assert told == {
        "Patient/p": ("ignored", "nothing_stated"),
        "Condition/c1": ("mapped", None),
        "Condition/c2": ("ignored", "refuted_or_in_error"),
        "Condition/c3": ("ignored", "no_longer_current"),
        "Condition/c4": ("mapped", None),
        "Condition/c5": ("ignored", "code_not_understood"),
        "MedicationStatement/m1": ("mapped", None),
        "MedicationRequest/m2": ("ignored", "no_longer_taken"),
        "AllergyIntolerance/a1": ("mapped", None),
        "Observation/o1": ("mapped", None),
        "Observation/o2": ("ignored", "unit_not_understood"),
        "Observation/o3": ("mapped", None),
        "Observation/o4": ("mapped", None),
        "Observation/o5": ("ignored", "no_upper_limit_stated"),
        "Observation/o6": ("ignored", "value_out_of_range"),
        "Observation/o7": ("ignored", "not_final"),
        "Observation/o8": ("mapped", None),
        "Procedure/x1": ("ignored", "resource_type_not_understood"),
        "Consent/x2": ("ignored", "not_in_force"),
        "Condition/c6": ("ignored", "modified_by_extension"),
    }
    facts = (await clinic.get(f"/v1/patients/{clinic.patient}/facts")).json()["items"]
    assert {f["name"]: f["value"] for f in facts} == {
        "psychosis_history": True,
        "conditions": ["ptsd"],
        "medications": ["lorazepam"],
        "allergies": ["ketamine"],
        "resting_systolic_mmhg": 132,
        "resting_diastolic_mmhg": 84,
        "weight_kg": "68.04",
        "alt_times_uln": "3",
        "pregnancy_status": "not_pregnant",
    }
    assert {f["source"] for f in facts} == {"partner"}


async def test_repeated_import_adds_nothing_and_says_so(clinic: Clinic) -> None:
    await clinic.register()
    at = clinic.service.clock.now().isoformat()
    await load(clinic, *whole(at))
    before = len(await clinic.service.rows("clinical_fact", clinic.network))

    again = (await load(clinic, *whole(at))).json()

    assert again["facts"] == 0
    assert again["counts"]["known"] == 8
    assert len(await clinic.service.rows("clinical_fact", clinic.network)) == before
    listed = (await clinic.get(f"/v1/patients/{clinic.patient}/fhir-imports")).json()["items"]
    assert [one["facts"] for one in listed] == [9, 0]


async def test_psychosis_of_2019_found_after_consent_takes_the_clearance(clinic: Clinic) -> None:
    """10b #6, although a clinician had recorded that there was none."""
    await clinic.clear_for_im()
    old = resource("Condition", "c", code=coded("69322001"), recordedDate="2019-05-01")

    report = (await load(clinic, old, role="prescriber")).json()

    (line,) = report["lines"]
    assert (line["outcome"], line["reason"]) == ("conflicting", "record_says_otherwise")
    assert (await clinic.status())["reasons"] == ["decision_excluded"]


async def test_older_observation_does_not_outweigh_a_newer_one(clinic: Clinic) -> None:
    await clinic.clear_for_im()
    old = (clinic.service.clock.now() - timedelta(days=9)).isoformat()
    await load(clinic, observation("o", "8480-6", 190, "mm[Hg]", old))
    assert (await clinic.status())["cleared"]


async def test_thousand_resources_are_imported_at_once(clinic: Clinic) -> None:
    await clinic.register()
    now = clinic.service.clock.now()
    entries = [
        observation(f"o{n}", "8867-4", 60 + n % 40, "/min", (now - timedelta(hours=n)).isoformat())
        for n in range(999)
    ]

    answer = await load(clinic, *entries, resource("Procedure", "x"))

    assert answer.status_code == 201, answer.text
    counted = Counter(line["outcome"] for line in answer.json()["lines"])
    assert counted == {"mapped": 999, "ignored": 1}
    assert len(await clinic.service.rows("clinical_fact", clinic.network)) == 999


async def test_what_is_no_bundle_is_refused(clinic: Clinic) -> None:
    await clinic.register()
    path = f"/v1/patients/{clinic.patient}/fhir-imports"
    headers = {"Content-Type": "application/fhir+json"}
    for body in ({"resourceType": "Patient"}, {"resourceType": "Bundle", "entry": [{}]}):
        async with clinic.client("nurse") as nurse:
            refused = await nurse.post(path, content=orjson.dumps(body), headers=headers)
        assert problem(refused) == (422, "bundle_unsound")
    assert (await clinic.post(path, {"resourceType": "Bundle"})).status_code == 415


async def test_instrument_is_a_questionnaire_and_its_score_an_observation(clinic: Clinic) -> None:
    await clinic.register()
    spanish = (await clinic.get("/v1/instruments/phq9/questionnaire?language=es")).json()
    hidden = (await clinic.get("/v1/instruments/dast10/questionnaire")).json()
    done = await clinic.assess("phq9", {**PHQ9_19, "item9": 0})
    bundle = (await clinic.get(f"/v1/assessments/{done['id']}/observations")).json()

    asked = await clinic.assess("cssrs_screener", {"q1": 1, "q2": 0, "q6_lifetime": 0})
    triage = (await clinic.get(f"/v1/assessments/{asked['id']}/observations")).json()

    (entry,) = triage["entry"]
    assert entry["resource"]["code"]["coding"][0] == {"system": LOINC, "code": "93374-7"}
    assert entry["resource"]["valueCodeableConcept"]["text"] == "low"
    assert spanish["resourceType"] == "Questionnaire"
    assert spanish["item"][8]["code"][0] == {"system": LOINC, "code": "44260-8"}
    assert spanish["item"][0]["text"].startswith("Poco interés")
    assert {item["text"] for item in hidden["item"]} == {f"Item {n}" for n in range(1, 11)}
    (entry,) = bundle["entry"]
    assert entry["resource"]["code"]["coding"][0] == {"system": LOINC, "code": "44261-6"}
    assert entry["resource"]["valueQuantity"]["value"] == 18
