"""Evaluate the eligibility rules for a patient and a route."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from intake.data import instruments
from intake.data.facts import fact_catalogue
from intake.data.rules import rule_set
from intake.domain.eligibility import Evaluation
from intake.domain.screening import SUICIDE_SCREENER, inputs_of
from intake.store import assessments, clearances, evaluations, facts, patients


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateEligibility:
    """Whether the rules would let this patient be treated by this route."""

    patient_id: UUID
    route: str
    evaluated_by: UUID


async def evaluate_eligibility(command: EvaluateEligibility, tx: Transaction) -> Evaluation:
    """Keep what every rule finds, with its inputs and the version of the rules.

    Raises PatientNotFound (404).
    """
    await clearances.lock(tx, command.patient_id)
    inputs = await gather_inputs(command.patient_id, tx)
    rules = rule_set()
    evaluation = Evaluation(
        id=uuid7(),
        patient_id=command.patient_id,
        route=command.route,
        rule_set_version=rules.version,
        inputs=inputs,
        results=rules.evaluate(command.route, inputs),
        evaluated_at=tx.now,
        evaluated_by=command.evaluated_by,
    )
    evaluations.add(tx, evaluation)
    return evaluation


async def gather_inputs(patient_id: UUID, tx: Transaction) -> dict[str, Any]:
    """The rules' inputs as they are known now. Raises PatientNotFound (404)."""
    patient = await patients.find(tx, patient_id)
    screener = await assessments.last_completed(tx, patient_id, SUICIDE_SCREENER)
    known = None
    if screener is not None:
        instrument = instruments.version_of(screener.instrument, screener.instrument_version)
        known = (screener, instrument)
    values = inputs_of(
        patient,
        tx.now.astimezone(ZoneInfo(patient.zone)).date(),
        await facts.current(tx, patient_id, tx.now),
        fact_catalogue(),
        known,
        tx.now,
    )
    return {name: values[name] for name in sorted(rule_set().inputs)}
