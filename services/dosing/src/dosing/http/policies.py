"""Who may do what in this service."""

from kairos_chassis.policy import policy

READ_SESSION = policy("dosing_session.read", "prescriber", "nurse", "therapist", "medical_director")
ABORT_SESSION = policy("dosing_session.abort", "prescriber", "nurse")
DISCHARGE_PATIENT = policy("dosing_session.discharge", "prescriber", "nurse")
PLACE_ORDER = policy("order.place", "prescriber")
READ_ORDER = policy("order.read", "prescriber", "nurse", "medical_director")
CANCEL_ORDER = policy("order.cancel", "prescriber")
RECORD_OBSERVATION = policy("observation.record", "prescriber", "nurse")
TAKE_OVER_MONITORING = policy("monitoring.take_over", "prescriber", "nurse")
ASK_BREAK_GLASS = policy("break_glass.ask", "prescriber", "nurse", purpose="ETREAT")
CONFIRM_BREAK_GLASS = policy("break_glass.confirm", "prescriber", "nurse", purpose="ETREAT")
NOTE_BENEFIT_RISK = policy("benefit_risk.note", "prescriber")
WRITE_NOTE = policy("session_note.write", "prescriber", "nurse", "therapist")
ACKNOWLEDGE_ALERT = policy("alert.acknowledge", "prescriber", "nurse")
READ_ALERT = policy("alert.read", "prescriber", "nurse", "medical_director")
STOP_DRUG = policy("drug.stop", "prescriber", "nurse", "therapist")
INFUSE = policy("infusion.run", "prescriber", "nurse")
RECORD_NOT_GIVEN = policy("dose.not_given", "prescriber", "nurse")
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
