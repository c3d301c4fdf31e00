"""Who may do what in this service."""

from kairos_chassis.policy import policy

REGISTER_PATIENT = policy(
    "patient.register", "front_desk", "nurse", "therapist", "prescriber", "medical_director"
)
READ_PATIENT = policy(
    "patient.read",
    *("front_desk", "nurse", "therapist", "prescriber", "medical_director", "privacy_officer"),
    whoever="whoever meets or calls the patient has to know who they are",
)
UPDATE_PATIENT = policy(
    "patient.update", "front_desk", "nurse", "therapist", "prescriber", "medical_director"
)
READ_INSTRUMENT = policy("instrument.read", "nurse", "therapist", "prescriber", "medical_director")
RECORD_ASSESSMENT = policy("assessment.record", "nurse", "therapist", "prescriber")
READ_ASSESSMENT = policy(
    "assessment.read",
    *("nurse", "therapist", "prescriber", "medical_director"),
    scope="system/Observation.r",
    relation="care_team",
)
READ_CONCERN = policy(
    "safety_concern.read",
    *("nurse", "therapist", "prescriber", "medical_director"),
    whoever="danger is everybody's until somebody has taken it up",
)
ACKNOWLEDGE_CONCERN = policy(
    "safety_concern.acknowledge", "nurse", "therapist", "prescriber", "medical_director"
)
CLEAR_CONCERN = policy("safety_concern.clear", "prescriber")
RECORD_FACTS = policy("clinical_fact.record", "nurse", "prescriber")
READ_FACTS = policy(
    "clinical_fact.read",
    *("nurse", "therapist", "prescriber", "medical_director"),
    relation="care_team",
)
EVALUATE = policy("eligibility.evaluate", "nurse", "prescriber", "medical_director")
READ_ELIGIBILITY = policy(
    "eligibility.read",
    *("nurse", "therapist", "prescriber", "medical_director"),
    relation="care_team",
)
READ_PROPOSAL = policy(
    "override_proposal.read",
    *("nurse", "therapist", "prescriber", "medical_director"),
    whoever="the second signer is somebody who has not treated the patient so far",
)
DECIDE = policy("eligibility.decide", "prescriber")
READ_CONSENT = policy(
    "consent.read",
    *("nurse", "therapist", "prescriber", "medical_director", "privacy_officer"),
    whoever="whoever treats today has to know what was agreed to and what was not",
)
TAKE_CONSENT = policy("consent.take", "nurse", "therapist", "prescriber")
PUBLISH_CONSENT = policy("consent.publish", "medical_director", purpose="HOPERAT")
# A withdrawal never waits for the right person to be in the building.
REVOKE_CONSENT = policy(
    "consent.revoke",
    "front_desk",
    "nurse",
    "therapist",
    "prescriber",
    "medical_director",
    "privacy_officer",
)
READ_CLEARANCE = policy(
    "clearance.read",
    *("front_desk", "nurse", "therapist", "prescriber", "medical_director"),
    services=("dosing",),
    whoever="a yes or no that stands before every booking and dose",
)
CONFIRM_CLEARANCE = policy("clearance.confirm", services=("dosing",))
SIGN_OVERRIDE = policy("eligibility.override", "prescriber", "medical_director")
READ_RULES = policy("rules.read", "nurse", "prescriber", "medical_director", "ops_admin")
SIGN_RULES = policy("rules.sign", "medical_director", purpose="HOPERAT")
PUBLISH_RULES = policy("rules.publish", "medical_director", "ops_admin", purpose="HOPERAT")
MERGE_PATIENTS = policy("patient.merge", "prescriber", "medical_director", "privacy_officer")
ANSWER_ALONE = policy("assessment.answer_alone", "patient")
READ_OUTSIDE = policy(
    "outside_record.read",
    *("nurse", "therapist", "prescriber", "medical_director"),
    relation="care_team",
)
REVIEW_OUTSIDE = policy("outside_record.review", "nurse", "therapist", "prescriber")
IMPORT_FHIR = policy("clinical_fact.import", "nurse", "prescriber", scope="system/Bundle.c")
EXERCISE_RIGHTS = policy("patient.exercise_rights", "patient", "privacy_officer", purpose="PATRQT")
SETTLE_RIGHTS = policy("patient.settle_rights", "privacy_officer", purpose="HOPERAT")
TAKE_REFERRAL = policy(
    "referral.take",
    *("front_desk", "nurse", "therapist", "prescriber"),
    scope="system/ServiceRequest.cu",
)
READ_REFERRAL = policy(
    "referral.read",
    *("front_desk", "nurse", "therapist", "prescriber", "medical_director"),
    whoever="it comes before there is a team, and the desk works the list",
)
FOLLOW_REFERRAL = policy("referral.follow", "patient")
READ_TEAM = policy(
    "care_team.read",
    *("front_desk", "nurse", "therapist", "prescriber", "medical_director", "privacy_officer"),
    whoever="whom to ask has to be found",
)
NAME_TEAM = policy("care_team.name", "prescriber", "medical_director", "privacy_officer")
