"""Patients over HTTP."""

from uuid import UUID

from kairos_chassis.http.route import Routes

from intake.http import policies
from intake.http.call import IntakeCall
from intake.http.schemas.patients import PatientBody, PatientChangeBody, PatientView
from intake.store import patients
from intake.use_cases.register_patient import RegisterPatient, register_patient
from intake.use_cases.update_patient import UpdatePatient, update_patient

routes = Routes("patients")


@routes.post("/v1/patients", policy=policies.REGISTER_PATIENT)
async def post_patient(call: IntakeCall, body: PatientBody) -> PatientView:
    """Register a patient. Whoever may be known already is refused, with the ids of the others."""
    command = RegisterPatient(
        given_name=body.given_name,
        family_name=body.family_name,
        born_on=body.born_on,
        sex_at_birth=body.sex_at_birth,
        administrative_gender=body.administrative_gender,
        phone=body.phone,
        preferred_language=body.preferred_language,
        zone=body.zone,
        home_site_id=body.home_site_id,
        state=body.state,
        registered_by=call.caller.subject,
        other_than=body.other_than,
        other_than_reason=body.other_than_reason,
    )
    async with call.transaction() as tx:
        patient = await register_patient(command, tx)
        return call.answer(
            PatientView.of(patient), version=patient.version, location=f"/v1/patients/{patient.id}"
        )


@routes.get("/v1/patients/{patient_id}", policy=policies.READ_PATIENT)
async def get_patient(call: IntakeCall, patient_id: UUID) -> PatientView:
    """One patient."""
    async with call.transaction() as tx:
        patient = await patients.find(tx, patient_id)
        return call.answer(PatientView.of(patient), version=patient.version)


@routes.patch("/v1/patients/{patient_id}", policy=policies.UPDATE_PATIENT)
async def patch_patient(call: IntakeCall, patient_id: UUID, body: PatientChangeBody) -> PatientView:
    """Change what is known of who a patient is and how they are reached."""
    command = UpdatePatient(
        patient_id=patient_id,
        version=call.if_match,
        changes=body.changes,
    )
    async with call.transaction() as tx:
        patient = await update_patient(command, tx)
        return call.answer(PatientView.of(patient), version=patient.version)
