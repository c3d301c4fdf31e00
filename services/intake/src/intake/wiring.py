"""The only place of this service that builds things."""

from kairos_chassis.blind_index import Indexed
from kairos_chassis.process import Runtime, Service, Wired

from intake.consume import handlers
from intake.data.consents import documents
from intake.data.facts import fact_catalogue
from intake.data.fhir import fhir_map
from intake.data.inputs import derived_inputs, medication_classes
from intake.data.instruments import instruments
from intake.data.policy import policy
from intake.data.rules import rule_set
from intake.deps import Deps
from intake.due import timers
from intake.http import (
    assessments,
    care_teams,
    clearance,
    concerns,
    consent_documents,
    consents,
    eligibility,
    facts,
    fhir,
    outside,
    patients,
    records,
    referrals,
    rights,
    rules,
    self_service,
)
from intake.operations import verbs
from intake.settings import IntakeSettings
from intake.store.reindexing import index_anew, indexed_by
from intake.use_cases.identify_capability import identify_capability


async def wire(runtime: Runtime[IntakeSettings]) -> Wired:
    """Build what the routes and handlers work with."""
    # Clinical data that cannot be read must stop the start, not a patient's visit.
    for load in (
        policy,
        fact_catalogue,
        instruments,
        rule_set,
        documents,
        derived_inputs,
        fhir_map,
        medication_classes,
    ):
        load()
    return Wired(deps=Deps(db=runtime.db, clock=runtime.clock), capabilities=identify_capability)


SERVICE = Service(
    name="intake",
    summary="Who the patient is, whether KAP is right for them, what they agreed to",
    settings=IntakeSettings,
    routes=(
        patients.routes,
        care_teams.routes,
        assessments.routes,
        concerns.routes,
        facts.routes,
        eligibility.routes,
        consents.routes,
        consent_documents.routes,
        clearance.routes,
        rules.routes,
        records.routes,
        referrals.routes,
        rights.routes,
        fhir.routes,
        outside.routes,
        self_service.routes,
    ),
    handlers=handlers,
    timers=timers,
    verbs=verbs,
    indexed=Indexed(anew=index_anew, in_use=indexed_by),
    wire=wire,
)
