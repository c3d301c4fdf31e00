"""FHIR R4 in and out over HTTP."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.route import Routes
from kairos_chassis.http.schemas import JsonDocument
from pydantic import StringConstraints

from intake.data import instruments
from intake.http import policies
from intake.http.call import IntakeCall
from intake.http.fhir_out import observations, questionnaire
from intake.http.schemas.fhir import FhirResource, ImportList, ImportReport
from intake.store import assessments, imports, patients
from intake.use_cases.import_bundle import ImportBundle, import_bundle

routes = Routes("fhir")

_LIMIT_BYTES = 8_000_000
Plain = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]


@routes.post(
    "/v1/patients/{patient_id}/fhir-imports",
    policy=policies.IMPORT_FHIR,
    accepts="application/fhir+json",
    body_limit_bytes=_LIMIT_BYTES,
)
async def post_fhir_import(call: IntakeCall, patient_id: UUID, body: JsonDocument) -> ImportReport:
    """Import a FHIR R4 bundle about this patient. The report names every resource in it."""
    command = ImportBundle(patient_id=patient_id, bundle=body.root, imported_by=call.caller.subject)
    async with call.transaction() as tx:
        return call.answer(ImportReport.model_validate(await import_bundle(command, tx)))


@routes.get("/v1/patients/{patient_id}/fhir-imports", policy=policies.READ_FACTS)
async def list_fhir_imports(call: IntakeCall, patient_id: UUID) -> ImportList:
    """All reports of a patient, by when they were made."""
    async with call.transaction() as tx:
        await patients.find(tx, patient_id)
        found = await imports.reports(tx, patient_id)
        return call.answer(ImportList(items=[ImportReport.model_validate(one) for one in found]))


@routes.get("/v1/instruments/{code}/questionnaire", policy=policies.READ_INSTRUMENT)
async def get_questionnaire(call: IntakeCall, code: str, language: Plain = "en") -> FhirResource:
    """The newest version of an instrument as a FHIR Questionnaire."""
    async with call.transaction():
        return call.answer(FhirResource(questionnaire(instruments.current(code), language)))


@routes.get("/v1/assessments/{assessment_id}/observations", policy=policies.READ_ASSESSMENT)
async def get_observations(call: IntakeCall, assessment_id: UUID) -> FhirResource:
    """The scores of an assessment as FHIR Observations."""
    async with call.transaction() as tx:
        found = await assessments.find(tx, assessment_id)
        instrument = instruments.version_of(found.instrument, found.instrument_version)
        return call.answer(FhirResource(observations(found, instrument)))
