"""Which rule of this service stands for which rule of the clinical reference.

Sections 1 to 3 and 5, as far as dosing enforces them; `test_every_rule.py` fails for a rule that no
row names, for a row that names no rule, and for a rule without a case. The rules of section 1 that
are not here are intake's: they decide whether a patient is cleared at all, and reach dosing as
`not_cleared` or `safety_concern_open`.
"""

from typing import Final

# By family, as in `test_every_rule.FAMILIES`: a name may mean another rule in another family.
ROWS: Final[dict[str, dict[str, str]]] = {
    "1, all of intake's: cleared by this route": {
        "gate": "not_cleared clearance_confirmation_expired clearance_withdrawn"
        " intake_unreachable break_glass_not_confirmed break_glass_expired"
        " break_glass_not_cleared break_glass_clearance_too_old",
        "draw": "not_cleared",
    },
    "1 C07 pregnancy": {"gate": "pregnant"},
    "1 C08 pregnancy test": {"gate": "pregnancy_test_missing pregnancy_test_too_old"},
    "1 C24 theophylline, aminophylline": {"gate": "medication_not_with_ketamine"},
    "1 C33 and 3, pressure before a dose": {
        "gate": "pre_dose_bp_hold pre_dose_bp_repeat_too_soon pre_dose_bp_no_dose_today"
    },
    "1 C34 and 3, C-SSRS since the last visit": {
        "gate": "suicide_screen_positive safety_concern_open",
        "draw": "safety_concern_open",
        "discharge": "suicide_screen safety_concern_open",
    },
    "1 C35 REMS enrolment": {"gate": "rems_patient_not_enrolled rems_site_not_enrolled"},
    "1 C36 and C37 fasting": {"gate": "fasting_solids fasting_fluids nasal_product_too_recent"},
    "1 C40 weight": {
        "order": "weight_changed weight_too_old weight_implausible weight_from_the_future"
    },
    "1 C41 intoxicated, alcohol": {
        "gate": "intoxicated alcohol_too_recent pre_dose_moaas",
        "draw": "intoxicated",
    },
    "1 C42 acute change": {"gate": "acute_change"},
    "2 start": {"order": "above_first_dose"},
    "2 soft and hard stops": {
        "order": "dose_per_kg_above_soft_stop dose_per_kg_above_hard_stop dose_above_soft_stop"
        " dose_above_hard_stop dose_not_allowed infusion_faster_than_plan"
        " infusion_time_outside_range"
    },
    "2 routes": {
        "gate": "given_by_infusion_only no_infusion_by_this_route product_not_ordered",
        "draw": "product_not_ordered",
        "order": "no_infusion_by_this_route",
    },
    "2 interval, never two sessions a day": {
        "gate": "interval_not_kept same_local_day check_in_not_today",
        "draw": "check_in_not_today",
        "order": "weekly_sessions_above_soft_stop weekly_sessions_above_hard_stop",
    },
    "2 maintenance: re-evaluate the need": {"order": "exposure_review_due"},
    "2 devices five minutes apart": {
        "gate": "device_rest_not_kept further_dose_too_late one_device_at_a_time"
    },
    "2 order validation (a), (b): by an order, and no more": {
        "gate": "order_not_active dose_exceeds_order",
        "draw": "order_not_active",
    },
    "2 order validation (c)": {"order": "iv_equivalent_above_soft_stop"},
    "2 order validation (d)": {
        "order": "ratio_to_last_dose_above_soft_stop ratio_to_last_dose_above_hard_stop"
        " no_dose_tolerated_before"
    },
    "2 order validation (e)": {
        "gate": "not_whole_units",
        "draw": "not_whole_units",
        "order": "volume_cannot_be_measured not_whole_units",
    },
    "2 order validation (f)": {"gate": "second_person_check_missing"},
    "3 capture, baseline also": {
        "gate": "pre_dose_vitals_missing pre_dose_vitals_stale baseline_missing"
    },
    "3 a prescriber on site": {"gate": "prescriber_not_on_site"},
    "3 other signs before a dose": {
        "gate": "pre_dose_heart_rate pre_dose_spo2 pre_dose_respiratory_rate",
        "draw": "pre_dose_spo2",
    },
    "3 after a dose: pressure": {"alert": "bp_rise bp_red bp_very_high"},
    "3 after a dose: symptoms": {"alert": "neurological_or_cardiac_symptom"},
    "3 after a dose: heart rate": {"alert": "heart_rate_high"},
    "3 after a dose: saturation, breath": {"alert": "spo2_low spo2_very_low respiratory_rate_low"},
    "3 after a dose: MOAA/S": {"alert": "sedation_moderate sedation_deep unresponsive"},
    "3 after a dose: distress, psychosis": {"alert": "severe_distress psychosis_or_agitation"},
    "3 after a dose: vomiting while sedated": {"alert": "vomiting_while_sedated"},
    "3 red: stop, no further devices": {
        "gate": "drug_stopped alert_not_acknowledged",
        "draw": "drug_stopped",
    },
    "3 discharge: minimum watch": {
        "discharge": "minimum_watch minimum_watch_after_end session_not_monitored infusion_running"
    },
    "3 discharge: Aldrete": {"discharge": "aldrete aldrete_item"},
    "3 discharge: MOAA/S": {"discharge": "moaas"},
    "3 discharge: signs": {"discharge": "blood_pressure spo2 vitals_stale"},
    "3 discharge: orientation, gait, nausea, dissociation": {
        "discharge": "orientation gait nausea cadss6"
    },
    "3 discharge: escort": {"discharge": "escort_absent escort_not_identified"},
    "3 discharge: instructions, no driving": {"discharge": "instructions no_driving"},
    "5 draw = administered + wasted + returned": {
        "gate": "drug_not_drawn drawn_amount_insufficient",
        "discharge": "draw_unreconciled",
        "ledger": "draw_over_accounted",
    },
    "5 balance never negative": {"draw": "balance_insufficient draw_exceeds_order"},
    "5 expired or quarantined lots, beyond use": {
        "gate": "lot_expired lot_quarantined beyond_use_passed",
        "draw": "lot_expired lot_quarantined",
    },
    "5 registration by location, patient-specific stock (trap 9)": {
        "gate": "stock_of_another_patient patient_specific_not_transferable",
        "draw": "container_of_other_site",
    },
    "5 discrepancy blocks the close; after it nothing moves": {"draw": "day_closed"},
    "5 append-only, chained": {
        "ledger": "entry_missing_or_inserted entry_edited order_broken balance_wrong truncated"
        " truncated_since_checkpoint rewritten_since_checkpoint"
    },
    "8 who may": {
        "gate": "prescriber_not_credentialed giver_not_credentialed",
        "draw": "drawer_not_credentialed",
    },
    "8 at most two patients per monitor, 1:1 at a first dose": {
        "gate": "monitor_ratio_exceeded monitor_not_one_to_one"
    },
    "the session's own order of things (D3)": {
        "gate": "session_not_ready infusion_running",
        "draw": "session_not_ready",
    },
}
