"""What is said to intake stays in intake: no identity, answer, note or reason in an event."""

from .steps import CSSRS_LOW, FACTS, PHQ9_19, Clinic

CANARY_REASONS = (b"cssrs_to_follow", b"patient_withdrew", b"specialist_consulted")


async def test_whole_journey_announces_codes_and_ids_only(clinic: Clinic) -> None:
    await clinic.register(preferred_language="haw")
    await clinic.assess("phq9", PHQ9_19)
    (concern,) = await clinic.concerns()
    await clinic.on_concern(concern, "acknowledgement", "cssrs_to_follow")
    await clinic.record(**{**FACTS, "cvd_poorly_controlled": None})
    await clinic.assess("cssrs_screener", CSSRS_LOW)
    await clinic.assess("audit_c", {"item1": 0})
    await clinic.enter("dast10", {"total": "0"})
    attested = {"rule": "C18", "reason": "specialist_consulted", "note": "canary of the prescriber"}
    await clinic.decide(await clinic.evaluate(), attestations=[attested])
    signed = await clinic.sign(await clinic.draft())
    await clinic.revoke(signed.json()["id"])

    rows = await clinic.service.rows("outbox", clinic.network)

    assert [row["type"].split(".")[1] for row in rows] == [
        "patient_registered",
        "clearance_changed",
        "safety_concern_raised",
        "clearance_changed",
        "assessment_completed",
        "safety_concern_acknowledged",
        "clearance_changed",
        *["assessment_completed"] * 3,
        "eligibility_decided",
        "clearance_changed",
        "consent_signed",
        "clearance_changed",
        "consent_revoked",
        "clearance_changed",
    ]
    told = b"".join(row["data"] for row in rows)
    for secret in (b"Canary", b"Dana", b"0142", b"1984", b"haw", b"canary", b"sertraline"):
        assert secret not in told
    for secret in CANARY_REASONS:
        assert secret not in told
    assert clinic.patient.encode() in told


async def test_audit_names_the_patient_of_every_act(clinic: Clinic) -> None:
    await clinic.clear_for_im()
    await clinic.confirm()
    await clinic.confirm("oral")

    entries = await clinic.service.rows("audit_entry", clinic.network)

    about_a_patient = [e for e in entries if not e["action"].startswith("instrument.")]
    assert {str(e["patient_id"]) for e in about_a_patient} == {clinic.patient}
    last, refused = entries[-2:]
    assert (last["action"], last["outcome"]) == ("clearance.confirm", "allowed")
    assert (refused["outcome"], refused["reason"]) == ("refused", "not_cleared")
    assert refused["acting_for"] is not None
