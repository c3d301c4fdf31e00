"""Who may ask about access."""

from kairos_chassis.policy import policy

READ_ACCESS_LOG = policy("access_log.read", "patient", "privacy_officer", purpose="PATRQT")
SEARCH_AUDIT = policy("audit.search", "privacy_officer", purpose="HOPERAT")
CUT_ACCESS = policy("access.cut", "ops_admin", "privacy_officer", purpose="HOPERAT")
BREAK_GLASS = policy(
    "break_glass.open", "prescriber", "nurse", "therapist", "medical_director", purpose="ETREAT"
)
READ_BREAK_GLASS = policy(
    "break_glass.read", "medical_director", "privacy_officer", purpose="HOPERAT"
)
REVIEW_BREAK_GLASS = policy(
    "break_glass.review", "medical_director", "privacy_officer", purpose="HOPERAT"
)
