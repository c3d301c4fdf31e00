"""A patient cleared for IM, by the use cases themselves."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from intake.data import consents as documents
from intake.domain.consent import Signature
from intake.domain.eligibility import DecisionOutcome
from intake.domain.facts import Source
from intake.domain.patient import AdministrativeGender, SexAtBirth
from intake.use_cases.answer_item import AnswerItem, answer_item
from intake.use_cases.complete_assessment import CompleteAssessment, complete_assessment
from intake.use_cases.decide_eligibility import DecideEligibility, decide_eligibility
from intake.use_cases.draft_consent import DraftConsent, draft_consent
from intake.use_cases.enter_scores import EnterScores, enter_scores
from intake.use_cases.evaluate_eligibility import EvaluateEligibility, evaluate_eligibility
from intake.use_cases.record_facts import NewFact, RecordFacts, record_facts
from intake.use_cases.register_patient import RegisterPatient, register_patient
from intake.use_cases.sign_consent import SignConsent, sign_consent
from intake.use_cases.start_assessment import StartAssessment, start_assessment
from kairos_chassis.db import Transaction
from kairos_chassis.testing.harness import Harness

from ..http import steps

CLINICIAN = uuid4()
FACTS: dict[str, Any] = {**steps.FACTS, "pregnancy_status": "not_applicable"}


async def cleared_patient(service: Harness, network: UUID) -> tuple[UUID, UUID]:
    """Returns the patient's and the consent's id."""
    async with service.db.transaction(network) as tx:
        patient = await register_patient(
            RegisterPatient(
                given_name="Eli",
                family_name="M",
                born_on=date(1980, 1, 1),
                sex_at_birth=SexAtBirth.MALE,
                administrative_gender=AdministrativeGender.MALE,
                phone=None,
                preferred_language="en",
                zone="America/Denver",
                registered_by=CLINICIAN,
            ),
            tx,
        )
        await screened(patient.id, tx)
        evaluation = await evaluate_eligibility(
            EvaluateEligibility(patient_id=patient.id, route="im", evaluated_by=CLINICIAN), tx
        )
        await decide_eligibility(
            DecideEligibility(
                patient_id=patient.id,
                evaluation_id=evaluation.id,
                outcome=DecisionOutcome.ELIGIBLE,
                attestations=(),
                decided_by=CLINICIAN,
            ),
            tx,
        )
        await tx.flush()
        return patient.id, await signed(patient.id, tx)


async def screened(patient_id: UUID, tx: Transaction) -> None:
    """Facts and screeners that pass every rule."""
    known = [
        NewFact(name=name, value=value, occurred_at=tx.now, source=Source.CLINICIAN)
        for name, value in FACTS.items()
    ]
    await record_facts(RecordFacts(patient_id=patient_id, facts=known, recorded_by=CLINICIAN), tx)
    await assessed("cssrs_screener", ("q1", "q2", "q6_lifetime"), patient_id, tx)
    await assessed("audit_c", ("item1",), patient_id, tx)
    no_drugs = EnterScores(
        patient_id=patient_id,
        instrument="dast10",
        scores={"total": Decimal(0)},
        items={},
        entered_by=CLINICIAN,
    )
    await enter_scores(no_drugs, tx)


async def assessed(
    instrument: str, items: tuple[str, ...], patient_id: UUID, tx: Transaction
) -> None:
    """An assessment in which everything asked is answered with the lowest option."""
    started = await start_assessment(
        StartAssessment(patient_id=patient_id, instrument=instrument), tx
    )
    for item in items:
        answer = AnswerItem(assessment_id=started.id, item=item, value=0, answered_by=CLINICIAN)
        answered, _ = await answer_item(answer, tx)
    await complete_assessment(
        CompleteAssessment(assessment_id=started.id, version=answered.version), tx
    )


async def signed(patient_id: UUID, tx: Transaction) -> UUID:
    """A consent to treatment by IM."""
    document = documents.current("kap_consent")
    draft = await draft_consent(
        DraftConsent(patient_id=patient_id, document=document.code, language="en"), tx
    )
    signature = Signature(
        scopes=("treatment_im",),
        text_sha256=document.text_sha256["en"],
        elements=tuple(element.code for element in document.elements),
        answers=steps.understood(),
        capacity_attested=True,
        witnessed_by=CLINICIAN,
    )
    consent = await sign_consent(
        SignConsent(consent_id=draft.id, version=draft.version, signature=signature), tx
    )
    return consent.id
