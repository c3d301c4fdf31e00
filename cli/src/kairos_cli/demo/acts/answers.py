"""What Dana answers and what is found out about her, days -14 to -10: the reference patient."""

from __future__ import annotations

from typing import Any

PHQ9 = {1: 3, 2: 3, 3: 2, 4: 3, 5: 2, 6: 2, 7: 2, 8: 1, 9: 1}
AUDIT_C = {"item1": 1, "item2": 1, "item3": 0}
CSSRS = {"q1": 1, "q2": 0, "q6_lifetime": 0}
# The comprehension check of the consent, as Dana answers it: nine of ten are right.
UNDERSTOOD = {
    "off_label": "not_reviewed",
    "alternatives": "several",
    "relapse": "maybe",
    "body": "pressure",
    "repeated": "hearing",
    "driving": "next_day",
    "escort": "no_dose",
    "withdrawal": "any_time",
    "touch": "before",
    "crisis": "call",
}
FACTS: dict[str, Any] = {
    "allergies": [],
    "pregnancy_status": "not_pregnant",
    "psychosis_current": False,
    "cvd_poorly_controlled": False,
    "adequate_antidepressant_trials": 2,
    "resting_systolic_mmhg": 128,
    "resting_diastolic_mmhg": 80,
    "resting_heart_rate_bpm": 74,
    "weight_kg": "68.0",
    "height_cm": "165",
    "aneurysmal_vascular_disease": False,
    "arteriovenous_malformation": False,
    "intracerebral_hemorrhage": False,
    "bp_rise_serious_hazard": False,
    "childbearing_potential": False,
    "breastfeeding": False,
    "psychosis_history": False,
    "schizophrenia": False,
    "schizoaffective_disorder": False,
    "mania_or_hypomania_current": False,
    "bipolar_history": False,
    "delirium_current": False,
    "dementia": False,
    "capacity_to_consent": True,
    "child_pugh": "no_liver_disease",
    "cardiovascular_event": False,
    "heart_failure": "none",
    "raised_intracranial_pressure": False,
    "raised_intraocular_pressure": False,
    "hypertensive_encephalopathy_history": False,
    "substance_use_disorder_active": False,
    "substance_use_disorder_history": False,
    "takes_cns_depressant": False,
    "takes_pressor": False,
    "cystitis": False,
    "unexplained_urinary_symptoms": False,
    "prior_ketamine_liver_injury": False,
    "alt_times_uln": "0.5",
    "ast_times_uln": "0.5",
    "seizure_disorder": False,
    "untreated_hyperthyroidism": False,
    "untreated_sleep_apnea": False,
    "porphyria": False,
}
