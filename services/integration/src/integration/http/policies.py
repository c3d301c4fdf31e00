"""Who may do what in this service."""

from kairos_chassis.policy import policy

READ_EPISODE = policy(
    "episode.read", "therapist", "prescriber", "nurse", "medical_director", "front_desk"
)
CLOSE_EPISODE = policy("episode.close", "therapist", "prescriber", "medical_director")
RECORD_SESSION = policy("therapy_session.record", "therapist")
READ_SESSION = policy("therapy_session.read", "therapist", "prescriber", "medical_director")
