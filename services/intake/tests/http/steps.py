"""The way of a patient through intake, step by step, for tests that start further along."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from httpx import Response
from intake.data import consents as documents
from kairos_chassis.testing.harness import Client, Harness

DANA = {
    "given_name": "Dana",
    "family_name": "Canary",
    "born_on": "1984-06-02",
    "sex_at_birth": "female",
    "administrative_gender": "female",
    "phone": "+13035550142",
    "preferred_language": "en-US",
    "zone": "America/Denver",
}
PHQ9_19 = {
    "item1": 3, "item2": 3, "item3": 3, "item4": 2, "item5": 2,
    "item6": 2, "item7": 2, "item8": 1, "item9": 1,
}  # fmt: skip
CSSRS_LOW = {"q1": 1, "q2": 0, "q6_lifetime": 0}
FACTS: dict[str, Any] = {
    "allergies": [],
    "medications": ["sertraline"],
    "pregnancy_status": "not_pregnant",
    "psychosis_current": False,
    "cvd_poorly_controlled": False,
    "adequate_antidepressant_trials": 2,
    "resting_systolic_mmhg": 128,
    "resting_diastolic_mmhg": 80,
    "resting_heart_rate_bpm": 74,
    "weight_kg": "68.0",
    "height_cm": "165",
    "aneurysmal_vascular_disease": False,
    "arteriovenous_malformation": False,
    "intracerebral_hemorrhage": False,
    "bp_rise_serious_hazard": False,
    "childbearing_potential": False,
    "breastfeeding": False,
    "psychosis_history": False,
    "schizophrenia": False,
    "schizoaffective_disorder": False,
    "mania_or_hypomania_current": False,
    "bipolar_history": False,
    "delirium_current": False,
    "dementia": False,
    "capacity_to_consent": True,
    "child_pugh": "no_liver_disease",
    "cardiovascular_event": False,
    "heart_failure": "none",
    "raised_intracranial_pressure": False,
    "raised_intraocular_pressure": False,
    "hypertensive_encephalopathy_history": False,
    "substance_use_disorder_active": False,
    "substance_use_disorder_history": False,
    "takes_cns_depressant": False,
    "takes_pressor": False,
    "cystitis": False,
    "unexplained_urinary_symptoms": False,
    "prior_ketamine_liver_injury": False,
    "alt_times_uln": "0.5",
    "ast_times_uln": "0.5",
    "seizure_disorder": False,
    "untreated_hyperthyroidism": False,
    "untreated_sleep_apnea": False,
    "porphyria": False,
}


@dataclass(slots=True)
class Clinic:
    """One network's staff and one patient of it."""

    service: Harness
    network: UUID
    patient: str = ""

    def client(self, *roles: str, **options: Any) -> Client:
        """A member of staff."""
        return self.service.client(*(roles or ("prescriber",)), network=self.network, **options)

    async def post(
        self,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        role: str = "prescriber",
        **options: Any,
    ) -> Response:
        """One request."""
        async with self.client(role) as client:
            if body is None:
                return await client.post(path, **options)
            return await client.post(path, json=body, **options)

    async def get(self, path: str, *, role: str = "prescriber") -> Response:
        """One read."""
        async with self.client(role) as client:
            return await client.get(path)

    async def register(self, **changes: Any) -> str:
        """A patient; one who is like another of the test is registered as somebody else."""
        body = {**DANA, **changes}
        answer = await self.post("/v1/patients", body)
        if answer.status_code == 409:
            looked = {"other_than": answer.json()["patients"], "other_than_reason": "twin"}
            answer = await self.post("/v1/patients", body | looked)
        assert answer.status_code == 201, answer.text
        self.patient = answer.json()["id"]
        return self.patient

    async def start(self, instrument: str) -> str:
        """An assessment."""
        path = f"/v1/patients/{self.patient}/assessments"
        answer = await self.post(path, {"instrument": instrument})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def answer(self, assessment: str, item: str, value: int) -> Response:
        """One item."""
        return await self.post(
            f"/v1/assessments/{assessment}/answers", {"item": item, "value": value}
        )

    async def complete(self, assessment: str) -> Response:
        """The assessment, as it was read."""
        path = f"/v1/assessments/{assessment}"
        etag = (await self.get(path)).headers["ETag"]
        return await self.post(f"{path}/completion", headers={"If-Match": etag})

    async def assess(self, instrument: str, answers: dict[str, int]) -> dict[str, Any]:
        """A whole assessment."""
        assessment = await self.start(instrument)
        for item, value in answers.items():
            answered = await self.answer(assessment, item, value)
            assert answered.status_code == 201, answered.text
        completed = await self.complete(assessment)
        assert completed.status_code == 200, completed.text
        result: dict[str, Any] = completed.json()
        return result

    async def concerns(self) -> list[dict[str, Any]]:
        """All safety concerns of the patient."""
        answer = await self.get(f"/v1/patients/{self.patient}/safety-concerns")
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def on_concern(
        self, concern: dict[str, Any], act: str, reason: str, *, role: str = "prescriber"
    ) -> Response:
        """`acknowledgement` or `clearing`."""
        path = f"/v1/safety-concerns/{concern['id']}"
        etag = (await self.get(path)).headers["ETag"]
        return await self.post(
            f"{path}/{act}", {"reason": reason}, role=role, headers={"If-Match": etag}
        )

    async def record(self, **values: Any) -> Response:
        """Facts that occurred an hour ago."""
        at = (self.service.clock.now() - timedelta(hours=1)).isoformat()
        facts = [
            {"name": name, "value": value, "occurred_at": at, "source": "clinician"}
            for name, value in values.items()
        ]
        return await self.post(f"/v1/patients/{self.patient}/facts", {"facts": facts})

    async def evaluate(self, route: str = "im") -> dict[str, Any]:
        """The rules' findings."""
        answer = await self.post(f"/v1/patients/{self.patient}/evaluations", {"route": route})
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def decide(
        self,
        evaluation: dict[str, Any],
        outcome: str = "eligible",
        attestations: list[dict[str, Any]] | None = None,
    ) -> Response:
        """A decision."""
        body = {
            "evaluation_id": evaluation["id"],
            "outcome": outcome,
            "attestations": attestations or [],
        }
        return await self.post(f"/v1/patients/{self.patient}/decisions", body)

    async def draft(self) -> dict[str, Any]:
        """A consent to be shown: its text with its ETag."""
        body = {"document": "kap_consent", "language": "en"}
        drafted = await self.post(f"/v1/patients/{self.patient}/consents", body)
        assert drafted.status_code == 201, drafted.text
        path = drafted.headers["Location"]
        shown = await self.get(f"{path}/text")
        return {**shown.json(), "path": path, "etag": shown.headers["ETag"]}

    async def sign(self, shown: dict[str, Any], **changes: Any) -> Response:
        """A signature for IM."""
        body = {
            "text_sha256": shown["text_sha256"],
            "scopes": ["treatment_im"],
            "elements": [element["code"] for element in shown["elements"]],
            "comprehension": {"answers": understood(wrong=1)},
            "capacity_attested": True,
            **changes,
        }
        return await self.post(
            f"{shown['path']}/signature", body, headers={"If-Match": shown["etag"]}
        )

    async def revoke(self, consent: str) -> Response:
        """A withdrawal."""
        return await self.post(
            f"/v1/consents/{consent}/revocation", {"reason": "patient_withdrew"}, role="front_desk"
        )

    async def confirm(self, route: str = "im", **options: Any) -> Response:
        """What dosing asks at the moment of administration."""
        headers = {"Kairos-Acting-For": str(uuid4())}
        async with self.client("service", headers=headers) as client:
            return await client.post(
                f"/v1/patients/{self.patient}/clearance/confirmations",
                json={"route": route},
                **options,
            )

    async def status(self, route: str = "im") -> dict[str, Any]:
        """The clearance of a route."""
        clearance = (await self.get(f"/v1/patients/{self.patient}/clearance")).json()
        (status,) = (r for r in clearance["routes"] if r["route"] == route)
        return {**status, "version": clearance["clearance_version"]}

    async def screen(self, **changes: Any) -> None:
        """Facts and a C-SSRS screener that pass every rule, but for the changes."""
        assert (await self.record(**{**FACTS, **changes})).status_code == 201
        await self.assess("cssrs_screener", CSSRS_LOW)
        await self.assess("audit_c", {"item1": 0})
        assert (await self.enter("dast10", {"total": "0"})).status_code == 201

    async def enter(self, instrument: str, scores: dict[str, str], **items: int) -> Response:
        """Totals from a licensed form."""
        body = {"instrument": instrument, "scores": scores, "items": items}
        return await self.post(f"/v1/patients/{self.patient}/scores", body)

    async def clear_for_im(self) -> str:
        """A registered patient, screened, decided eligible and consenting. Returns the consent."""
        await self.register()
        await self.screen()
        assert (await self.decide(await self.evaluate())).status_code == 201
        signed = await self.sign(await self.draft())
        assert signed.status_code == 200, signed.text
        return str(signed.json()["id"])


def understood(wrong: int = 0) -> dict[str, str]:
    """Answers to the comprehension check, so many of them wrong."""
    questions = documents.current("kap_consent").comprehension
    answers = {q.code: q.correct for q in questions}
    for question in questions[:wrong]:
        others = [o.code for o in question.options if o.code != question.correct]
        answers[question.code] = others[0]
    return answers


def problem(answer: Response) -> tuple[int, str]:
    """Status and slug."""
    return answer.status_code, answer.json()["type"].removeprefix("urn:kairos:problem:")
