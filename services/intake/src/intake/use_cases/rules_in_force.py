"""Find the rules a patient is held to: those that ship, or the network's, with its overlays."""

from uuid import UUID

from kairos_chassis.db import Transaction

from intake.data.rules.combining import RULE_SET, combined
from intake.domain.rules import RuleSet
from intake.store import patients, rule_sets


async def rules_in_force(patient_id: UUID, tx: Transaction) -> RuleSet:
    """The rules of the patient's network, home site and state. Raises PatientNotFound (404)."""
    published = await rule_sets.in_force(tx)
    patient = await patients.find(tx, patient_id)
    base = next((p.document for p in published if p.kind == RULE_SET), None)
    overlays = tuple(
        p.document
        for p in published
        if p.kind != RULE_SET and p.scope.concerns(patient.home_site_id, patient.state)
    )
    return combined(base, overlays)
