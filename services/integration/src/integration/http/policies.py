"""Who may do what in this service."""

from kairos_chassis.policy import policy

READ_EPISODE = policy(
    "episode.read",
    *("therapist", "prescriber", "nurse", "medical_director", "front_desk"),
    whoever="deadlines, and whether somebody has met the patient: nobody may be forgotten",
)
CLOSE_EPISODE = policy("episode.close", "therapist", "prescriber", "medical_director")
RECORD_SESSION = policy("therapy_session.record", "therapist")
READ_SESSION = policy(
    "therapy_session.read",
    *("therapist", "prescriber", "medical_director"),
    relation="care_team",
)
READ_TASK = policy(
    "task.read",
    *("therapist", "prescriber", "nurse", "medical_director", "front_desk"),
    whoever="a task is done by whoever is on duty",
)
OPEN_TASK = policy("task.open", "therapist", "prescriber", "nurse", "medical_director")
END_TASK = policy("task.end", "therapist", "prescriber", "nurse", "medical_director", "front_desk")
READ_CALL = policy(
    "safety_call.read",
    *("therapist", "prescriber", "nurse", "medical_director"),
    whoever="the call is made by whoever is on duty",
)
MAKE_CALL = policy("safety_call.make", "therapist", "prescriber", "nurse", "medical_director")
READ_FLAG = policy(
    "red_flag.read",
    *("therapist", "prescriber", "nurse", "medical_director"),
    whoever="danger is everybody's until somebody has taken it up",
)
RAISE_FLAG = policy("red_flag.raise", "therapist", "prescriber", "nurse", "medical_director")
READ_TEMPLATE = policy("therapy_template.read", "therapist", "prescriber", "medical_director")
WRITE_DRAFT = policy("therapy_draft.write", "therapist", whoever="its author alone reads a draft")
KEEP_COMMITMENT = policy("commitment.keep", "patient", "therapist", "prescriber", "nurse")
READ_COMMITMENT = policy(
    "commitment.read", "patient", "therapist", "prescriber", "nurse", relation="care_team"
)
WRITE_NOTE = policy("psychotherapy_note.write", "therapist", sealed=True)
OWN_JOURNAL = policy("journal.own", "patient", purpose="PATRQT", sealed=True)
READ_JOURNAL = policy(
    "journal.read_shared",
    *("therapist", "prescriber", "nurse", "medical_director"),
    sealed=True,
    relation="care_team",
)
COMPLETE_CHECK = policy("measure.complete", "nurse", "prescriber", "medical_director")
READ_OUTCOME = policy(
    "outcome.read",
    *("therapist", "prescriber", "nurse", "medical_director"),
    scope="system/Observation.r",
    relation="care_team",
)
READ_OUTCOME_POLICY = policy(
    "outcome_policy.read", "therapist", "prescriber", "nurse", "medical_director"
)
READ_MEASURE = policy("measure.read", "therapist", "prescriber", "nurse", "medical_director")
READ_COHORT = policy("cohort.read", "medical_director", "privacy_officer", purpose="HOPERAT")
WRITE_PLAN = policy("care_plan.write", "therapist", "prescriber")
READ_PLAN = policy(
    "care_plan.read",
    *("therapist", "prescriber", "nurse", "medical_director"),
    relation="care_team",
)
TELL_TEAM = policy("team_message.write", "therapist", "prescriber", "nurse", "medical_director")
