"""What is seen of a patient beside numbers (clinical reference 3)."""

from enum import StrEnum


class Symptom(StrEnum):
    """What calls for help at once, or stops further drug; the alert rules name these."""

    CHEST_PAIN = "chest_pain"
    DYSPNOEA = "dyspnoea"
    SUDDEN_SEVERE_HEADACHE = "sudden_severe_headache"
    VISUAL_CHANGE = "visual_change"
    SEIZURE = "seizure"
    FOCAL_DEFICIT = "focal_deficit"
    REDUCED_CONSCIOUSNESS = "reduced_consciousness"
    PSYCHOSIS = "psychosis"
    AGITATION = "agitation"
    VOMITING = "vomiting"


class SideEffect(StrEnum):
    """The checklist of clinical reference 3."""

    DISSOCIATION = "dissociation"
    DIZZINESS = "dizziness"
    NAUSEA = "nausea"
    VOMITING = "vomiting"
    SEDATION = "sedation"
    VERTIGO = "vertigo"
    HYPOAESTHESIA = "hypoaesthesia"
    ANXIETY = "anxiety"
    LETHARGY = "lethargy"
    BP_RISE = "bp_rise"
    HEADACHE = "headache"
    FEELING_DRUNK = "feeling_drunk"
    DYSGEUSIA = "dysgeusia"
    BLURRED_VISION = "blurred_vision"
    HALLUCINATION = "hallucination"
    DYSPHORIA = "dysphoria"
    URINARY_SYMPTOMS = "urinary_symptoms"
    SUICIDAL_IDEATION = "suicidal_ideation"
    RESPIRATORY_DEPRESSION = "respiratory_depression"
