"""Who may do what in this service."""

from kairos_chassis.policy import policy

CHANGE_SITE = policy("site.change", "ops_admin", purpose="HOPERAT")
READ_SITE = policy(
    "site.read",
    "front_desk",
    "prescriber",
    "nurse",
    "therapist",
    "medical_director",
    "pharmacist",
    "ops_admin",
    purpose="HOPERAT",
)
REGISTER_PRACTITIONER = policy("practitioner.register", "ops_admin", purpose="HOPERAT")
READ_PRACTITIONER = policy(
    "practitioner.read",
    "front_desk",
    "prescriber",
    "nurse",
    "therapist",
    "medical_director",
    "ops_admin",
    purpose="HOPERAT",
)
READ_CREDENTIAL = policy("credential.read", "ops_admin", "medical_director", purpose="HOPERAT")
CHANGE_CREDENTIAL = policy("credential.change", "ops_admin", "medical_director", purpose="HOPERAT")
READ_VISIT_TYPE = policy(
    "visit_type.read",
    "front_desk",
    "prescriber",
    "nurse",
    "therapist",
    "medical_director",
    "ops_admin",
    purpose="HOPERAT",
)
_PLANNING = "times, places and people: planning goes across teams, and nothing clinical is here"
READ_VISIT = policy(
    "visit.read",
    *("front_desk", "prescriber", "nurse", "therapist", "medical_director", "ops_admin"),
    whoever=_PLANNING,
)
CHECK_IN_VISIT = policy("visit.check_in", "front_desk", "nurse", "prescriber")
READ_SLOTS = policy(
    "slot.read", "front_desk", "prescriber", "nurse", "therapist", "medical_director", "ops_admin"
)
BOOK_VISIT = policy(
    "visit.book", "front_desk", "prescriber", "nurse", "therapist", whoever=_PLANNING
)
HOLD_SLOT = policy("slot.hold", "front_desk", "prescriber", "nurse", "therapist", whoever=_PLANNING)
CHANGE_VISIT = policy("visit.change", "front_desk", "prescriber", "nurse", "therapist", "ops_admin")
COMPLETE_VISIT = policy("visit.complete", "front_desk", "prescriber", "nurse", "therapist")
OVERBOOK_VISIT = policy("visit.overbook", "medical_director", "ops_admin")
SET_POLICY = policy("booking_policy.set", "medical_director", "ops_admin", purpose="HOPERAT")
READ_POLICY = policy(
    "booking_policy.read", "medical_director", "ops_admin", "front_desk", purpose="HOPERAT"
)
SET_INITIALS = policy("calendar_initials.set", "front_desk", "therapist", "nurse")
CHANGE_HOURS = policy("hours.change", "ops_admin", "front_desk", purpose="HOPERAT")
CLOSE_BREACH = policy("breach.close", "therapist", "prescriber", "medical_director")
OPEN_FEED = policy(
    "calendar_feed.open", "front_desk", "prescriber", "nurse", "therapist", "ops_admin", "patient"
)
READ_FEED = policy("calendar_feed.read", "patient")
SET_REMINDERS = policy("reminder.set", "front_desk", "therapist", "nurse", "patient")
READ_DIRECTORY = policy(
    "directory.read", "front_desk", "prescriber", "nurse", "therapist", "ops_admin", "patient"
)
LEAVE_REVIEW = policy("review.leave", "patient", purpose="PATRQT")
