"""What one journey comes to: the events that cross the bus, and the rows that stay."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

EVENTS = Counter(
    {
        "scheduling.practitioner_registered.v1": 5,
        "scheduling.credential_recorded.v1": 13,
        "scheduling.visit_booked.v1": 3,
        "scheduling.visit_checked_in.v1": 2,
        "scheduling.visit_held.v1": 1,
        "scheduling.visit_completed.v1": 1,
        "scheduling.credential_lapsed.v1": 1,
        "intake.patient_registered.v1": 1,
        "intake.assessment_completed.v1": 6,
        "intake.safety_concern_raised.v1": 1,
        "intake.safety_concern_acknowledged.v1": 1,
        "intake.eligibility_decided.v1": 1,
        "intake.consent_signed.v1": 1,
        "intake.consent_revoked.v1": 1,
        # Registered, concern raised, acknowledged, decided, signed, revoked.
        "intake.clearance_changed.v1": 6,
        "dosing.session_opened.v1": 2,
        "dosing.observation_recorded.v1": 10,
        "dosing.administration_refused.v1": 2,
        "dosing.dose_administered.v1": 1,
        "dosing.exposure_changed.v1": 1,
        "dosing.session_discharged.v1": 1,
        "dosing.follow_up_requested.v1": 2,
        "integration.safety_call_due.v1": 1,
        "integration.episode_opened.v1": 1,
        # Liver tests of the baseline, C-SSRS and urinary symptoms at the visit, EBI and MEQ30 on
        # day 1; the questionnaires of the baseline were asked in the screening.
        "integration.measure_due.v1": 5,
        # PHQ-9, GAD-7 and PCL-5 of the screening.
        "integration.outcome_recorded.v1": 3,
        "integration.therapy_session_recorded.v1": 1,
        "integration.episode_closed.v1": 1,
    }
)
REFUSED = "dosing.administration_refused.v1"

# Rows per table of each service.
EFFECTS = {
    "intake": {
        "patient": 1,
        "assessment": 6,
        "assessment_answer": 42,
        "safety_concern": 1,
        "clinical_fact": 44,
        "evaluation": 2,
        "eligibility_decision": 1,
        "consent": 1,
        "dosing_session": 2,
    },
    "scheduling": {
        "site": 2,
        "room": 2,
        "practitioner": 5,
        "credential": 13,
        "visit": 3,
        "check_in": 2,
    },
    "dosing": {
        "session": 2,
        "dose_order": 2,
        "observation": 10,
        "container": 1,
        "ledger_entry": 6,
        "waste_request": 1,
        "dose_check": 2,
        "dose": 1,
        "discharge": 1,
    },
    "integration": {"episode": 1, "therapy_session": 1},
}
VISITS = ["completed", "checked_in", "held"]
# Kind, milligrams, and what the vial holds after it.
LEDGER = [
    ("receive", Decimal(500), Decimal(500)),
    ("draw", Decimal(35), Decimal(465)),
    ("administer", Decimal(34), Decimal(465)),
    ("waste", Decimal(1), Decimal(465)),
    ("draw", Decimal(34), Decimal(431)),
    ("return", Decimal(34), Decimal(465)),
]
