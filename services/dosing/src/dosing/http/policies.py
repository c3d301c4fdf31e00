"""Who may do what in this service."""

from kairos_chassis.policy import policy

READ_SESSION = policy(
    "dosing_session.read",
    *("prescriber", "nurse", "therapist", "medical_director"),
    relation="care_team_afterwards",
)
LIST_SESSIONS = policy(
    "dosing_session.list", "prescriber", "nurse", "therapist", "medical_director"
)
ABORT_SESSION = policy("dosing_session.abort", "prescriber", "nurse")
DISCHARGE_PATIENT = policy("dosing_session.discharge", "prescriber", "nurse")
PLACE_ORDER = policy("order.place", "prescriber")
READ_ORDER = policy(
    "order.read",
    *("prescriber", "nurse", "medical_director"),
    whoever="whoever is the second person at a dose has to see what was ordered",
)
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
RELEASE_LOT = policy("lot.release", "pharmacist", "medical_director", purpose="HOPERAT")
COUNT_CONTAINER = policy("container.count", "nurse", "prescriber", "pharmacist", purpose="HOPERAT")
SETTLE_DISCREPANCY = policy(
    "discrepancy.settle", "nurse", "pharmacist", "medical_director", purpose="HOPERAT"
)
TRANSFER_STOCK = policy("stock.transfer", "nurse", "pharmacist", purpose="HOPERAT")
DESTROY_STOCK = policy("stock.destroy", "nurse", "pharmacist", "prescriber", purpose="HOPERAT")
CLOSE_DAY = policy("day.close", "nurse", "pharmacist", purpose="HOPERAT")
READ_BOOKS = policy("books.read", "nurse", "pharmacist", "medical_director", purpose="HOPERAT")
TRACE_LOT = policy("lot.trace", "pharmacist", "medical_director", "nurse", purpose="HOPERAT")
TAKE_INVENTORY = policy("inventory.take", "nurse", "pharmacist", purpose="HOPERAT")
RECORD_ADVERSE_EVENT = policy("adverse_event.record", "prescriber", "nurse")
ENROL_IN_REMS = policy("rems.enrol", "prescriber", "nurse")
FILL_REMS_FORM = policy("rems_form.fill", "prescriber", "nurse")
READ_EXPOSURE = policy(
    "exposure.read", "prescriber", "nurse", "medical_director", relation="care_team"
)
RAISE_SIGNAL = policy("misuse_signal.raise", "prescriber", "nurse", "therapist", "pharmacist")
REVIEW_SIGNAL = policy("misuse_signal.review", "prescriber", "medical_director")
CORRECT_RECORD = policy("record.correct", "prescriber", "nurse")
SEND_READINGS = policy(
    "device_reading.send", "nurse", "prescriber", services=("device-gateway",), alone=True
)
SUBMIT_PROTOCOL = policy("protocol.submit", "prescriber", "medical_director", purpose="HOPERAT")
SIGN_PROTOCOL = policy("protocol.sign", "medical_director", purpose="HOPERAT")
NOTE_PRESENCE = policy("site_presence.note", "prescriber")
SET_UP_SITE = policy("site.set_up", "medical_director", purpose="HOPERAT")
READ_PROTOCOL = policy(
    "protocol.read", "prescriber", "nurse", "medical_director", purpose="HOPERAT"
)
DRAW_DRUG = policy("drug.draw", "prescriber", "nurse")
RETURN_DRUG = policy("drug.return", "prescriber", "nurse")
REQUEST_WASTE = policy("drug.waste", "prescriber", "nurse")
WITNESS_WASTE = policy("drug.witness", "prescriber", "nurse")
