"""Export everything intake keeps about a patient, for the patient."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from kairos_chassis.db import Transaction

from intake.store import (
    assessments,
    clearances,
    concerns,
    consents,
    contacts,
    decisions,
    facts,
    imports,
    links,
    merges,
    patients,
    rights,
)


async def export_record(patient_id: UUID, tx: Transaction) -> dict[str, Any]:
    """The whole record, by kind. Raises PatientNotFound (404)."""
    found = {
        "patient": asdict(await patients.find(tx, patient_id)),
        "identifiers": [asdict(one) for one in await contacts.identifiers(tx, patient_id)],
        "contacts": [asdict(one) for one in await contacts.of_patient(tx, patient_id)],
        "assessments": [_plain(one) for one in await assessments.of_patient(tx, patient_id)],
        "safety_concerns": [asdict(one) for one in await concerns.of_patient(tx, patient_id)],
        "facts": [asdict(one) for one in await facts.everything(tx, [patient_id])],
        "decisions": [asdict(one) for one in await decisions.newest(tx, patient_id)],
        "consents": [asdict(one) for one in await consents.of_patient(tx, patient_id)],
        "clearance": asdict(await clearances.find(tx, patient_id)),
        "self_service_links": [_link(one) for one in await links.of_patient(tx, patient_id)],
        "fhir_imports": await imports.reports(tx, patient_id),
        "merges": [asdict(one) for one in await merges.history(tx, patient_id)],
        "requests": [asdict(one) for one in await rights.of_patient(tx, patient_id)],
    }
    return {"exported_at": tx.now, **found}


def _plain(assessment: Any) -> dict[str, Any]:
    result = assessment.result
    names = ("id", "instrument", "instrument_version", "started_at", "completed_at", "prorated")
    return {
        **{name: getattr(assessment, name, None) for name in names[:-1]},
        "answers": dict(assessment.answers),
        "scores": [] if result is None else [asdict(score) for score in result.scores],
        "band": None if result is None else result.band,
    }


def _link(link: Any) -> dict[str, Any]:
    return {
        "id": link.id,
        "instruments": list(link.instruments),
        "created_at": link.created_at,
        "expires_at": link.expires_at,
        "ended_at": link.ended_at,
    }
