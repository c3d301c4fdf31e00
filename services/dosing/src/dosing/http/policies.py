"""Who may do what in this service."""

from kairos_chassis.policy import policy

READ_SESSION = policy("dosing_session.read", "prescriber", "nurse", "therapist", "medical_director")
ABORT_SESSION = policy("dosing_session.abort", "prescriber", "nurse")
DISCHARGE_PATIENT = policy("dosing_session.discharge", "prescriber", "nurse")
PLACE_ORDER = policy("order.place", "prescriber")
READ_ORDER = policy("order.read", "prescriber", "nurse", "medical_director")
CANCEL_ORDER = policy("order.cancel", "prescriber")
RECORD_OBSERVATION = policy("observation.record", "prescriber", "nurse")
CHECK_DOSE = policy("dose.check", "prescriber", "nurse")
ADMINISTER_DOSE = policy("dose.administer", "prescriber", "nurse")
RECEIVE_CONTAINER = policy(
    "container.receive", "nurse", "pharmacist", "medical_director", purpose="HOPERAT"
)
READ_CONTAINER = policy(
    "container.read", "prescriber", "nurse", "pharmacist", "medical_director", purpose="HOPERAT"
)
QUARANTINE_LOT = policy(
    "lot.quarantine", "nurse", "pharmacist", "medical_director", purpose="HOPERAT"
)
DRAW_DRUG = policy("drug.draw", "prescriber", "nurse")
RETURN_DRUG = policy("drug.return", "prescriber", "nurse")
REQUEST_WASTE = policy("drug.waste", "prescriber", "nurse")
WITNESS_WASTE = policy("drug.witness", "prescriber", "nurse")
