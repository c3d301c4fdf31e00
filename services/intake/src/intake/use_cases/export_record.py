"""Export everything intake keeps about a patient, for the patient."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction

from intake.domain.assessment import Assessment
from intake.domain.eligibility import Evaluation
from intake.domain.self_service import Link
from intake.store import (
    assessments,
    clearances,
    concerns,
    consents,
    contacts,
    decisions,
    evaluations,
    facts,
    identifiers,
    imports,
    links,
    merges,
    outside,
    override_proposals,
    patients,
    referrals,
    rights,
)


async def export_record(patient_id: UUID, tx: Transaction) -> dict[str, Any]:
    """The whole record, by kind. Raises PatientNotFound (404)."""
    found = {
        "patient": asdict(await patients.find(tx, patient_id)),
        "identifiers": [asdict(one) for one in await identifiers.of_patient(tx, patient_id)],
        "contacts": [asdict(one) for one in await contacts.of_patient(tx, patient_id)],
        "assessments": [_plain(one) for one in await assessments.of_patient(tx, patient_id)],
        "safety_concerns": [asdict(one) for one in await concerns.of_patient(tx, patient_id)],
        "facts": [asdict(one) for one in await facts.everything(tx, [patient_id])],
        "evaluations": [_told(one) for one in await evaluations.of_patient(tx, patient_id)],
        "decisions": [asdict(one) for one in await decisions.of_patient(tx, patient_id)],
        "override_proposals": [
            asdict(one) for one in await override_proposals.of_patient(tx, patient_id)
        ],
        "consents": [asdict(one) for one in await consents.of_patient(tx, patient_id)],
        "consent_reaffirmations": await consents.reaffirmations(tx, patient_id),
        "clearance": asdict(await clearances.find(tx, patient_id)),
        "clearance_confirmations": await clearances.confirmations(tx, patient_id),
        "referrals": [asdict(one) for one in await referrals.of_patient(tx, patient_id)],
        "self_service_links": [_link(one) for one in await links.of_patient(tx, patient_id)],
        "fhir_imports": await imports.reports(tx, patient_id),
        "outside_records": [asdict(one) for one in await outside.of_patient(tx, patient_id)],
        "merges": [asdict(one) for one in await merges.history(tx, patient_id)],
        "requests": [asdict(one) for one in await rights.of_patient(tx, patient_id)],
    }
    return {"exported_at": tx.now, **found}


def _plain(assessment: Assessment) -> dict[str, Any]:
    result = assessment.result
    names = ("id", "instrument", "instrument_version", "started_at", "completed_at",
             "recall_overlaps_dose", "entered", "rescores")  # fmt: skip
    return {
        **{name: getattr(assessment, name) for name in names},
        "answers": dict(assessment.answers),
        "scores": [] if result is None else [asdict(score) for score in result.scores],
        "band": None if result is None else result.band,
        "prorated": result is not None and result.prorated,
        "algorithm_version": None if result is None else result.algorithm_version,
    }


def _told(evaluation: Evaluation) -> dict[str, Any]:
    """With what it was made from, and every rule's finding in words."""
    return {**asdict(evaluation), "inputs": dict(evaluation.inputs)}


def _link(link: Link) -> dict[str, Any]:
    return {
        "id": link.id,
        "instruments": list(link.instruments),
        "created_at": link.created_at,
        "expires_at": link.expires_at,
        "ended_at": link.ended_at,
    }
