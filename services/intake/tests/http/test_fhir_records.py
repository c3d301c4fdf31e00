"""What a bundle tells beside facts: questionnaires are scored here, who the patient is is compared,
and consents and documents of elsewhere count for nothing by themselves."""

from datetime import timedelta
from typing import Any

import pytest
from intake.data import instruments

from .steps import DANA, PHQ9_19, Clinic, problem
from .test_fhir import LOINC, coded, load, observation, resource

AT = "2027-02-20T09:00:00+00:00"
LL358_3 = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")
PHQ9 = "http://loinc.org/q/44249-1"
ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"


def phq9_of_loinc(**changes: int) -> list[dict[str, Any]]:
    """As an EHR sends it: LOINC links and LOINC answers, in a group."""
    links = {item.code: item.loinc for item in instruments.current("phq9").items}
    answers = {**PHQ9_19, **changes}
    items = [
        {"linkId": f"/44249-1/{links[code]}",
         "answer": [{"valueCoding": {"system": LOINC, "code": LL358_3[value]}}]}
        for code, value in answers.items()
    ]  # fmt: skip
    return [{"linkId": "group", "item": items}]


def response(name: str, questionnaire: str, items: list[Any], **more: Any) -> Any:
    fields = {"status": "completed", "authored": AT, "questionnaire": questionnaire, **more}
    return resource("QuestionnaireResponse", name, item=items, **fields)


async def assessments(clinic: Clinic) -> list[dict[str, Any]]:
    found = await clinic.service.rows("assessment", clinic.network)
    return sorted(found, key=lambda row: row["started_at"])


async def test_questionnaire_of_elsewhere_is_scored_and_raises_what_it_triggers(
    clinic: Clinic,
) -> None:
    await clinic.clear_for_im()
    sent = response("q", PHQ9, phq9_of_loinc())

    report = (await load(clinic, sent)).json()
    again = (await load(clinic, sent)).json()

    (line,) = report["lines"]
    assert (line["outcome"], line["reason"], line["about"]) == ("mapped", None, [])
    assert (report["assessments"], again["assessments"]) == (1, 0)
    assert again["lines"][0]["outcome"] == "known"
    (kept,) = [a for a in await assessments(clinic) if a["instrument"] == "phq9"]
    assert (kept["score"], kept["band"]) == (19, "moderately_severe")
    assert kept["completed_at"].isoformat() == AT
    (concern,) = await clinic.concerns()
    assert (concern["trigger"], concern["unattended"]) == ("phq9_item9", True)
    assert (await clinic.status())["reasons"] == ["safety_concern"]
    types = [e.type for e in await clinic.service.outboxed(clinic.network)]
    assert types.count("intake.assessment_completed.v1") == 4  # three of the screening, this one
    assert "intake.safety_concern_raised.v1" in types


async def test_what_our_own_form_was_answered_with_is_read_back(clinic: Clinic) -> None:
    await clinic.register()
    form = (await clinic.get("/v1/instruments/gad7/questionnaire")).json()
    items = [
        {"linkId": item["linkId"],
         "answer": [{"valueCoding": item["answerOption"][2]["valueCoding"]}]}
        for item in form["item"]
    ]  # fmt: skip
    versioned = f"{form['url']}|{form['version']}"

    report = (await load(clinic, response("q", versioned, items), resource("Questionnaire", "f", **{
        k: v for k, v in form.items() if k not in ("resourceType", "id")
    }))).json()  # fmt: skip

    assert [line["outcome"] for line in report["lines"]] == ["mapped", "mapped"]
    assert report["lines"][1]["reason"] == "same_as_instrument"
    (kept,) = await assessments(clinic)
    assert (kept["instrument"], kept["instrument_version"], kept["score"]) == ("gad7", "2", 14)


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ({"valueInteger": 1}, 1),
        ({"valueDecimal": 1.0}, 1),
        ({"valueBoolean": True}, 1),
        ({"valueCoding": {"system": LOINC, "code": "LA33-6"}}, 1),
        ({"valueCoding": {"code": "x", "extension": [{"url": ORDINAL, "valueDecimal": 1}]}}, 1),
        ({"valueCoding": {"system": "urn:kairos:instrument", "code": "1"}}, 1),
        ({"valueInteger": 7}, None),
        ({"valueDecimal": 0.5}, None),
        ({"valueCoding": {"code": "LA99-9"}}, None),
        ({"valueString": "yes"}, None),
        ({"valueCoding": "LA33-6"}, None),
    ],
)
async def test_answer_is_read_exactly_or_reported(
    clinic: Clinic, answer: dict[str, Any], value: int | None
) -> None:
    """C-SSRS question 5: a yes that can be read blocks dosing, and nothing is made of the rest."""
    await clinic.register()
    items = [
        {"linkId": "q1", "answer": [{"valueInteger": 0}]},
        {"linkId": "q5", "answer": [answer]},
        {"linkId": "mood", "answer": [{"valueString": "fine"}]},
    ]

    report = (
        await load(clinic, response("q", "urn:kairos:instrument:cssrs_screener", items))
    ).json()

    (line,) = report["lines"]
    assert (line["outcome"], line["reason"]) == ("mapped", "not_scored")
    assert line["about"] == (["mood"] if value is not None else ["q5", "mood"])
    triggers = [c["trigger"] for c in await clinic.concerns()]
    assert len(triggers) == (1 if value is not None else 0)
    (kept,) = await assessments(clinic)
    assert kept["completed_at"] is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"questionnaire": "http://loinc.org/q/1-1"}, "questionnaire_not_understood"),
        ({"questionnaire": "urn:kairos:instrument:phq9|77"}, "questionnaire_not_understood"),
        ({"questionnaire": None}, "questionnaire_not_named"),
        ({"status": "entered-in-error"}, "refuted_or_in_error"),
        ({"item": [{"linkId": "item1"}]}, "no_answer_understood"),
        ({"item": "none"}, "no_answer_understood"),
    ],
)
async def test_response_that_is_not_understood_is_reported(
    clinic: Clinic, changes: dict[str, Any], reason: str
) -> None:
    await clinic.register()
    sent = response("q", PHQ9, phq9_of_loinc())
    sent["resource"].update(changes)

    (line,) = (await load(clinic, sent)).json()["lines"]

    assert (line["outcome"], line["reason"]) == ("ignored", reason)
    assert await assessments(clinic) == []


async def test_older_questionnaire_does_not_outweigh_a_newer_one(clinic: Clinic) -> None:
    """A screener of last year without danger changes nothing about the one of today."""
    await clinic.register()
    await clinic.screen()
    before = await clinic.evaluate()
    items = [{"linkId": "q1", "answer": [{"valueInteger": 0}]},
             {"linkId": "q2", "answer": [{"valueInteger": 0}]},
             {"linkId": "q6_lifetime", "answer": [{"valueInteger": 0}]}]  # fmt: skip
    old = response("q", "urn:kairos:instrument:cssrs_screener", items, authored="2026-03-01")
    await load(clinic, old)
    assert (await clinic.evaluate())["results"] == before["results"]


# --- who the patient is ------------------------------------------------------------------------


def person(**changes: Any) -> Any:
    fields = {
        "name": [{"use": "old", "family": "Before"},
                 {"use": "official", "family": "CANARY", "given": ["Dana", "Q"]}],
        "birthDate": DANA["born_on"],
        "gender": "female",
        "telecom": [{"system": "phone", "value": "(303) 555-0142"}],
        "communication": [{"language": coded("en")}],
        **changes,
    }  # fmt: skip
    return resource("Patient", "p", **fields)


async def test_same_person_differs_in_nothing(clinic: Clinic) -> None:
    await clinic.register()
    report = (await load(clinic, person())).json()
    (line,) = report["lines"]
    assert (line["outcome"], line["reason"]) == ("mapped", "same_as_record")
    assert report["outside_records"] == 0


async def test_other_demographics_are_a_conflict_and_overwrite_nothing(clinic: Clinic) -> None:
    patient = await clinic.register()
    before = (await clinic.get(f"/v1/patients/{patient}")).json()
    sent = person(birthDate="1984-06-12", gender="other", deceasedBoolean=True,
                  telecom=[{"system": "phone", "value": "+13035550000"}],
                  address=[{"state": "CO"}], communication=[{"language": coded("es")}],
                  extension=[{"url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex",
                              "valueCode": "M"}])  # fmt: skip

    report = (await load(clinic, sent)).json()

    (line,) = report["lines"]
    assert (line["outcome"], line["reason"]) == ("conflicting", "demographics_differ")
    assert line["about"] == ["administrative_gender", "born_on", "deceased", "phone",
                             "preferred_language", "sex_at_birth", "state"]  # fmt: skip
    assert (await clinic.get(f"/v1/patients/{patient}")).json() == before
    (kept,) = (await clinic.get(f"/v1/patients/{patient}/outside-records")).json()["items"]
    shown = (await clinic.get(f"/v1/outside-records/{kept['id']}")).json()
    assert (kept["kind"], shown["content"]["born_on"]) == ("person", "1984-06-12")
    assert (await load(clinic, sent)).json()["outside_records"] == 0


async def test_bundle_of_somebody_else_is_taken_from_not_at_all(clinic: Clinic) -> None:
    await clinic.register()
    stranger = person(birthDate="1951-01-01", name=[{"family": "Marsh", "given": ["Eli"]}])
    refused = await load(clinic, resource("Condition", "c", code=coded("69322001")), stranger)
    assert problem(refused) == (409, "bundle_of_somebody_else")
    assert await clinic.service.rows("clinical_fact", clinic.network) == []


async def test_resource_about_somebody_else_is_not_taken(clinic: Clinic) -> None:
    await clinic.register()
    mine = {"reference": "https://ehr.example/fhir/Patient/p/_history/2"}
    other = {"reference": "Patient/q"}
    psychosis = coded("69322001")

    report = (await load(
        clinic, person(), resource("Condition", "c1", code=psychosis, subject=other),
        resource("Condition", "c2", code=psychosis, subject=mine),
    )).json()  # fmt: skip
    two = await load(clinic, resource("Condition", "c3", code=psychosis, subject=mine),
                     resource("Condition", "c4", code=psychosis, subject=other))  # fmt: skip

    told = {line["resource"]: (line["outcome"], line["reason"]) for line in report["lines"]}
    assert told["Condition/c1"] == ("ignored", "about_somebody_else")
    assert told["Condition/c2"] == ("mapped", None)
    assert problem(two) == (422, "bundle_unsound")
    assert problem(await load(clinic, person(), person())) == (422, "bundle_unsound")


# --- consents and documents --------------------------------------------------------------------


def consent(**changes: Any) -> Any:
    fields = {"status": "active", "scope": coded("treatment"), "dateTime": AT,
              "category": [coded("59284-0", system=LOINC)], **changes}  # fmt: skip
    return resource("Consent", "k", **fields)


async def test_consent_of_elsewhere_is_on_file_and_clears_nobody(clinic: Clinic) -> None:
    await clinic.register()
    await clinic.screen()
    assert (await clinic.decide(await clinic.evaluate())).status_code == 201

    report = (await load(clinic, consent())).json()
    listed = f"/v1/patients/{clinic.patient}/outside-records"
    (kept,) = (await clinic.get(listed)).json()["items"]
    path = f"/v1/outside-records/{kept['id']}/review"
    odd = await clinic.post(path, {"reason": "because"})
    reviewed = await clinic.post(path, {"reason": "filed"})
    again = await clinic.post(path, {"reason": "filed"})

    (line,) = report["lines"]
    assert (line["outcome"], line["reason"]) == ("mapped", "outside_consent_to_be_reviewed")
    assert problem(odd) == (422, "unknown_reason")
    assert reviewed.json()["review_reason"] == "filed"
    assert problem(again) == (409, "outside_record_reviewed")
    assert (await clinic.status())["reasons"] == ["no_consent"]
    assert (await clinic.get(f"/v1/patients/{clinic.patient}/consents")).json()["items"] == []


@pytest.mark.parametrize(
    "changes", [{"provision": {"type": "deny"}}, {"status": "inactive"}, {"status": "rejected"}]
)
async def test_refusal_of_treatment_elsewhere_is_a_conflict(
    clinic: Clinic, changes: dict[str, Any]
) -> None:
    await clinic.register()
    (line,) = (await load(clinic, consent(**changes))).json()["lines"]
    assert (line["outcome"], line["reason"]) == ("conflicting", "outside_consent_refuses")


async def test_document_of_elsewhere_is_kept_as_it_came_but_no_psychotherapy_note(
    clinic: Clinic,
) -> None:
    await clinic.register()
    attachment = {"contentType": "text/plain", "data": "aGVsbG8="}
    note = {"status": "current", "type": coded("11506-3", system=LOINC),
            "content": [{"attachment": attachment}]}  # fmt: skip
    sealed = resource("DocumentReference", "d2", **note, meta={"security": [{"code": "PSYTHPN"}]})

    report = (await load(clinic, resource("DocumentReference", "d1", **note), sealed)).json()

    told = [(line["outcome"], line["reason"]) for line in report["lines"]]
    assert told == [
        ("mapped", "outside_document_to_be_reviewed"), ("ignored", "psychotherapy_note")
    ]  # fmt: skip
    listed = f"/v1/patients/{clinic.patient}/outside-records"
    (kept,) = (await clinic.get(listed)).json()["items"]
    shown = (await clinic.get(f"/v1/outside-records/{kept['id']}")).json()
    assert shown["content"]["content"] == note["content"]
    (at_rest,) = await clinic.service.rows("outside_record", clinic.network)
    assert "aGVsbG8=" not in str(at_rest["content"])  # sealed with the patient's key
    assert problem(await clinic.get(listed, role="front_desk")) == (403, "not_permitted")


async def test_thousand_resources_of_every_kind_are_imported_once(clinic: Clinic) -> None:
    await clinic.register()
    now = clinic.service.clock.now()
    entries: list[Any] = [person()]
    for n in range(111):
        at = (now - timedelta(days=n)).isoformat()
        entries += [
            resource("Condition", f"c{n}", code=coded(("69322001", "47505003", "1")[n % 3])),
            resource("MedicationStatement", f"s{n}", status="active",
                     medicationCodeableConcept=coded("x", f"Drug{n % 50} 5 MG")),
            resource("MedicationRequest", f"r{n}", status=("active", "stopped")[n % 2],
                     medicationCodeableConcept=coded("x", f"Other{n % 40} 5 MG")),
            resource("AllergyIntolerance", f"a{n}", code=coded("x", f"Substance{n % 60}")),
            observation(f"o{n}", "8867-4", 60 + n % 40, "/min", at),
            response(f"q{n}", PHQ9, phq9_of_loinc(item9=n % 2), authored=at),
            consent() if n == 0 else resource("Consent", f"k{n}", status="active"),
            resource("DocumentReference", f"d{n}", status="current"),
            resource("Procedure", f"p{n}"),
        ]  # fmt: skip

    report = (await load(clinic, *entries)).json()
    again = (await load(clinic, *entries)).json()

    assert report["resources"] == 1000
    assert sum(report["counts"].values()) == again["resources"] == 1000
    assert (report["assessments"], report["outside_records"]) == (111, 222)
    assert report["counts"]["ignored"] == again["counts"]["ignored"] == 37 + 55 + 111
    assert again["counts"]["known"] == 1000 - again["counts"]["ignored"]
    assert (again["facts"], again["assessments"], again["outside_records"]) == (0, 0, 0)
    assert [c["trigger"] for c in await clinic.concerns()] == ["phq9_item9"]
