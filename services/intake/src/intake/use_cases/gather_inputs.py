"""Gather the inputs of the eligibility rules, as they are known now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from kairos_chassis.db import Transaction

from intake.data.facts import fact_catalogue
from intake.data.inputs import derived_inputs, medication_classes
from intake.domain.inputs import Known
from intake.domain.screening import inputs_of, openly_unknown
from intake.store import assessments, doses, facts, merges, patients


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Every input any rule could read; None where it is unknown."""

    values: Mapping[str, Any]
    openly_unknown: frozenset[str]  # facts of which somebody has said that they are not known

    def of(self, names: frozenset[str]) -> dict[str, Any]:
        """The inputs that some rules read."""
        return {name: self.values[name] for name in sorted(names)}


async def gather_inputs(patient_id: UUID, tx: Transaction) -> Gathered:
    """What is known of the patient. Raises PatientNotFound (404)."""
    patient = await patients.find(tx, patient_id)
    records = await merges.records(tx, patient_id)
    catalogue, derivations = fact_catalogue(), derived_inputs()
    current = await facts.current(tx, records, tx.now)
    known = Known(
        assessments=await assessments.last_completed(tx, records, derivations.instruments),
        history=await facts.history(tx, records, catalogue.told_by_history, tx.now),
        current=current,
        values=catalogue.values(current, tx.now),
        classes=medication_classes(),
        now=tx.now,
    )
    _, doses_given = await doses.last(tx, records)
    today = tx.now.astimezone(ZoneInfo(patient.zone)).date()
    values = inputs_of(patient, today, doses_given, derivations, known)
    return Gathered(values=values, openly_unknown=openly_unknown(known.current))
