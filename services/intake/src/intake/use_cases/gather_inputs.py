"""Gather the inputs of the eligibility rules, as they are known now."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from kairos_chassis.db import Transaction

from intake.data import instruments
from intake.data.facts import fact_catalogue
from intake.data.rules import rule_set
from intake.domain.screening import SUICIDE_SCREENER, inputs_of
from intake.store import assessments, facts, patients


async def gather_inputs(patient_id: UUID, tx: Transaction) -> dict[str, Any]:
    """Every input of any rule; None where it is unknown. Raises PatientNotFound (404)."""
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
