"""The golden table: for every rule what passes, what hits, and with which outcome, written from the
clinical reference, section 1, apart from the examples in the rule file."""

from typing import Any

Case = tuple[str, dict[str, Any], dict[str, Any], str]


def flags(rule: str, outcome: str, *names: str) -> list[Case]:
    """Each of these alone hits."""
    calm = dict.fromkeys(names, False)
    return [(rule, calm, {**calm, name: True}, outcome) for name in names]


CALM = {"resting_systolic_mmhg": 120, "resting_diastolic_mmhg": 80, "age_years": 42}
QUIET = {"cssrs_q4": False, "cssrs_q5": False, "cssrs_behaviour_recent": False}
HEART = {"days_since_cardiovascular_event": 1_000_000, "heart_failure": "none"}
DRUGS = {"substance_use_disorder_active": False, "dast10_total": 5}
SUBSTANCES = {"substance_use_disorder_history": False, "audit_c_positive": False, "dast10_total": 2}
DEPRESSANTS = {"takes_cns_depressant": False, "medication_classes": ["antidepressant"]}
PRESSORS = {"takes_pressor": False, "medication_classes": ["antidepressant", "opioid"]}
LIVER = {"prior_ketamine_liver_injury": False, "alt_times_uln": "3", "ast_times_uln": "0.4"}
NASAL = {"minutes_since_meal": 120, "minutes_since_drink": 30, "minutes_since_nasal_spray": 60}
FASTED = {"minutes_since_meal": 360, "minutes_since_drink": 120}
SOBER = {"intoxicated_now": False, "minutes_since_alcohol": 1440}
WEIGHED = {"weight_recorded": True, "weight_age_days": 30, "weight_change_percent": "10"}
CHILD = {"childbearing_potential": True, "doses_given": 0, "hcg_age_days": 7}
BENZO = {
    "medication_classes": ["benzodiazepine"],
    "benzodiazepine_lorazepam_mg_per_day": "2.0",
}

GOLDEN: list[Case] = [
    ("C01", {"allergies": ["penicillin"]}, {"allergies": ["ketamine"]}, "X"),
    ("C01", {"allergies": []}, {"allergies": ["esketamine"]}, "X"),
    ("C01", {"allergies": []}, {"allergies": ["latex", "ketamine_excipient"]}, "X"),
    *flags("C02", "X", "aneurysmal_vascular_disease"),
    *flags("C03", "X", "arteriovenous_malformation"),
    *flags("C04", "X", "intracerebral_hemorrhage"),
    *flags("C05", "X", "bp_rise_serious_hazard"),
    ("C06", {"age_years": 18}, {"age_years": 17}, "X"),
    ("C07", {"pregnancy_status": "not_pregnant"}, {"pregnancy_status": "pregnant"}, "X"),
    ("C08", CHILD, {**CHILD, "hcg_age_days": 8}, "H"),
    ("C08", {**CHILD, "hcg_age_days": 90, "doses_given": 1}, {**CHILD, "hcg_age_days": 90}, "H"),
    *flags("C09", "X", "breastfeeding"),
    *flags("C10", "X", "psychosis_current"),
    *flags("C11", "X", "psychosis_history", "schizophrenia", "schizoaffective_disorder"),
    *flags("C12", "X", "mania_or_hypomania_current"),
    *flags("C13", "R", "bipolar_history"),
    *flags("C14", "X", "delirium_current", "dementia"),
    ("C15", {"capacity_to_consent": True}, {"capacity_to_consent": False}, "X"),
    ("C16", {"child_pugh": "b"}, {"child_pugh": "c"}, "X"),
    ("C17", {"child_pugh": "a"}, {"child_pugh": "b"}, "M"),
    *flags("C18", "X", "cvd_poorly_controlled"),
    ("C19", {**HEART, "days_since_cardiovascular_event": 43},
     {**HEART, "days_since_cardiovascular_event": 42}, "X"),
    ("C19", {**HEART, "heart_failure": "nyha_ii"}, {**HEART, "heart_failure": "nyha_iii"}, "X"),
    ("C19", HEART, {**HEART, "heart_failure": "nyha_iv"}, "X"),
    *flags("C20", "X", "raised_intracranial_pressure", "raised_intraocular_pressure"),
    *flags("C21", "R", "hypertensive_encephalopathy_history"),
    ("C22", DRUGS, {**DRUGS, "substance_use_disorder_active": True}, "X"),
    ("C22", DRUGS, {**DRUGS, "dast10_total": 6}, "X"),
    ("C23", SUBSTANCES, {**SUBSTANCES, "substance_use_disorder_history": True}, "R"),
    ("C23", SUBSTANCES, {**SUBSTANCES, "audit_c_positive": True}, "R"),
    ("C23", SUBSTANCES, {**SUBSTANCES, "dast10_total": 3}, "R"),
    ("C24", {"medications": ["sertraline"]}, {"medications": ["theophylline"]}, "X"),
    ("C24", {"medications": []}, {"medications": ["sertraline", "aminophylline"]}, "X"),
    ("C25", DEPRESSANTS, {**DEPRESSANTS, "takes_cns_depressant": True}, "M"),
    *[
        ("C25", DEPRESSANTS, {**DEPRESSANTS, "medication_classes": ["xanthine", kind]}, "M")
        for kind in ("benzodiazepine", "opioid", "sedative_hypnotic", "cns_depressant")
    ],
    ("C26", BENZO, {**BENZO, "benzodiazepine_lorazepam_mg_per_day": "2.1"}, "R"),
    ("C27", PRESSORS, {**PRESSORS, "takes_pressor": True}, "M"),
    *[
        ("C27", PRESSORS, {**PRESSORS, "medication_classes": [kind]}, "M")
        for kind in ("psychostimulant", "maoi", "sympathomimetic", "vasopressin")
    ],
    *flags("C28", "R", "cystitis", "unexplained_urinary_symptoms"),
    ("C29", LIVER, {**LIVER, "prior_ketamine_liver_injury": True}, "R"),
    ("C29", LIVER, {**LIVER, "alt_times_uln": "3.01"}, "R"),
    ("C29", LIVER, {**LIVER, "ast_times_uln": "12"}, "R"),
    *flags("C30", "R", "seizure_disorder", "untreated_hyperthyroidism", "untreated_sleep_apnea",
           "porphyria"),
    ("C31", {"age_years": 25}, {"age_years": 24}, "M"),
    ("C31", {"age_years": 17}, {"age_years": 18}, "M"),
    ("C32", {"age_years": 64}, {"age_years": 65}, "M"),
    ("C33", {**CALM, "resting_systolic_mmhg": 140}, {**CALM, "resting_systolic_mmhg": 141}, "H"),
    ("C33", {**CALM, "resting_diastolic_mmhg": 90}, {**CALM, "resting_diastolic_mmhg": 91}, "H"),
    ("C33", {**CALM, "age_years": 66, "resting_systolic_mmhg": 150},
     {**CALM, "age_years": 66, "resting_systolic_mmhg": 151}, "H"),
    ("C34", QUIET, {**QUIET, "cssrs_q4": True}, "H"),
    ("C34", QUIET, {**QUIET, "cssrs_q5": True}, "H"),
    ("C34", QUIET, {**QUIET, "cssrs_behaviour_recent": True}, "H"),
    ("C35", {"patient_rems_enrolled": True, "site_rems_enrolled": True},
     {"patient_rems_enrolled": False, "site_rems_enrolled": True}, "X"),
    ("C35", {"patient_rems_enrolled": True, "site_rems_enrolled": True},
     {"patient_rems_enrolled": True, "site_rems_enrolled": False}, "X"),
    ("C36", NASAL, {**NASAL, "minutes_since_meal": 119}, "H"),
    ("C36", NASAL, {**NASAL, "minutes_since_drink": 29}, "H"),
    ("C36", NASAL, {**NASAL, "minutes_since_nasal_spray": 59}, "H"),
    ("C37", FASTED, {**FASTED, "minutes_since_meal": 359}, "H"),
    ("C37", FASTED, {**FASTED, "minutes_since_drink": 119}, "H"),
    ("C38", {"escort_confirmed": True}, {"escort_confirmed": False}, "H"),
    ("C39", {"adequate_antidepressant_trials": 2}, {"adequate_antidepressant_trials": 1}, "R"),
    ("C40", WEIGHED, {**WEIGHED, "weight_recorded": False}, "H"),
    ("C40", WEIGHED, {**WEIGHED, "weight_age_days": 31}, "H"),
    ("C40", WEIGHED, {**WEIGHED, "weight_change_percent": "10.1"}, "H"),
    ("C41", SOBER, {**SOBER, "intoxicated_now": True}, "H"),
    ("C41", SOBER, {**SOBER, "minutes_since_alcohol": 1439}, "H"),
    *flags("C42", "H", "fever_now", "new_chest_pain", "new_neurological_deficit"),
    ("S01", {"gad7_asked": True, "gad7_total": 14}, {"gad7_asked": True, "gad7_total": 15}, "R"),
    ("S02", {"integration_misses_in_a_row": 1}, {"integration_misses_in_a_row": 2}, "R"),
    ("S03", {"misuse_signal_count": 0}, {"misuse_signal_count": 1}, "R"),
    ("S04", {"age_years": 65}, {"age_years": 66}, "M"),
]  # fmt: skip
