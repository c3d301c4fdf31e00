"""Consents over HTTP: bound to the text shown, understood, and withdrawn in one call."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from intake.consume import SessionAborted, handlers
from intake.data import consents as documents
from intake.domain.consent import Signature
from intake.domain.consent_errors import WitnessMissing, WitnessNotIndependent
from kairos_events.dosing import (
    SessionAbortedV1,
    SessionAbortedV2,
    SessionDischargedV1,
    SessionOpenedV1,
)
from kairos_events.dosing.session_aborted_v2 import AbortCause
from kairos_events.fields import Route

from .steps import Clinic, problem, understood


async def test_signature_is_bound_to_the_text_that_was_shown(clinic: Clinic) -> None:
    await clinic.register()
    shown = await clinic.draft()

    signed = await clinic.sign(shown)

    assert hashlib.sha256(shown["text"].encode()).hexdigest() == shown["text_sha256"]
    assert signed.json()["state"] == "active"
    assert signed.json()["expires_at"] == "2028-03-01T12:00:00Z"
    events = await clinic.service.outboxed(clinic.network)
    (event,) = [e for e in events if e.type == "intake.consent_signed.v1"]
    assert event.data["text_sha256"] == shown["text_sha256"]
    assert event.data["document_version"] == "kap-consent-5"
    assert event.data["scopes"] == ["treatment_im"]


@pytest.mark.parametrize(
    ("changes", "status", "slug"),
    [
        ({"text_sha256": "0" * 64}, 409, "other_text_shown"),
        ({"comprehension": {"answers": understood(wrong=3)}}, 409, "comprehension_too_low"),
        ({"comprehension": {"answers": {}}}, 422, "impossible_comprehension"),
        (
            {"comprehension": {"answers": {**understood(), "driving": "any_time"}}},
            422,
            "impossible_comprehension",
        ),
        (
            {"comprehension": {"answers": {**understood(), "weather": "rain"}}},
            422,
            "impossible_comprehension",
        ),
        ({"comprehension": {"asked": 10, "correct": 10}}, 422, "invalid_payload"),
        ({"capacity_attested": False}, 409, "capacity_not_attested"),
        ({"scopes": ["treatment_rectal"]}, 422, "scope_not_offered"),
        ({"scopes": []}, 422, "scope_not_offered"),
        ({"elements": ["risks"]}, 409, "elements_not_acknowledged"),
    ],
)
async def test_unfit_signature_agrees_to_nothing(
    clinic: Clinic, changes: dict[str, Any], status: int, slug: str
) -> None:
    await clinic.register()
    shown = await clinic.draft()

    refused = await clinic.sign(shown, **changes)
    at_the_limit = await clinic.sign(shown, comprehension={"answers": understood(wrong=2)})

    assert problem(refused) == (status, slug)
    assert at_the_limit.status_code == 200


async def test_comprehension_is_scored_here_and_a_failed_check_names_its_questions(
    clinic: Clinic,
) -> None:
    await clinic.register()
    shown = await clinic.draft()

    failed = await clinic.sign(shown, comprehension={"answers": understood(wrong=3)})
    spanish = {"document": "kap_consent", "language": "es"}
    path = (await clinic.post(f"/v1/patients/{clinic.patient}/consents", spanish)).headers
    asked = (await clinic.get(f"{path['Location']}/text")).json()["comprehension"]
    passed = await clinic.sign(shown)

    assert problem(failed) == (409, "comprehension_too_low")
    assert failed.json()["rules"] == ["off_label", "alternatives", "relapse"]
    assert "correct" not in str(asked)
    assert asked[5]["text"] == "¿Cuándo puedo volver a conducir después de una dosis?"
    assert (passed.json()["questions_asked"], passed.json()["questions_correct"]) == (10, 9)
    (kept,) = [
        r for r in await clinic.service.rows("consent", clinic.network) if r["state"] == "active"
    ]
    assert '"off_label": "reviewed"' in kept["comprehension"]


async def test_signature_is_refused_while_the_patient_is_dosed(
    clinic: Clinic, network: UUID
) -> None:
    await clinic.clear_for_im()
    shown = await clinic.draft()
    now, session, visit, site = clinic.service.clock.now(), uuid4(), uuid4(), uuid4()
    common: dict[str, Any] = {
        "session_id": session,
        "visit_id": visit,
        "patient_id": UUID(clinic.patient),
        "site_id": site,
        "route": Route.IM,
    }
    opened = SessionOpenedV1(**common, opened_at=now)
    discharged = SessionDischargedV1(
        **common, first_dose_at=now, last_dose_at=now, discharged_at=now
    )

    await clinic.service.deliver(opened, network)
    widened = await clinic.sign(shown, scopes=["treatment_im", "touch"])
    await clinic.service.deliver(discharged, network)
    await clinic.service.deliver(opened, network)  # a repeat does not open it again
    after = await clinic.sign(shown, scopes=["treatment_im", "touch"])

    assert problem(widened) == (409, "patient_being_dosed")
    assert after.status_code == 200


async def test_aborted_session_lets_the_patient_sign_again(clinic: Clinic, network: UUID) -> None:
    """Told in two versions, taken once: in the newer."""
    await clinic.clear_for_im()
    shown = await clinic.draft()
    now = clinic.service.clock.now()
    common: dict[str, Any] = {
        "session_id": uuid4(),
        "visit_id": uuid4(),
        "patient_id": UUID(clinic.patient),
        "site_id": uuid4(),
        "route": Route.IM,
    }
    why: dict[str, Any] = {"reason": "vital_signs", "aborted_at": now}
    newer = SessionAbortedV2(**common, **why, cause=AbortCause.PATIENT_STATE, aborted_by=uuid4())

    await clinic.service.deliver(SessionOpenedV1(**common, opened_at=now), network)
    during = await clinic.sign(shown, scopes=["treatment_im", "touch"])
    await clinic.service.deliver(SessionAbortedV1(**common, **why), network)
    between = await clinic.sign(shown, scopes=["treatment_im", "touch"])
    await clinic.service.deliver(newer, network)
    after = await clinic.sign(shown, scopes=["treatment_im", "touch"])

    assert problem(during) == problem(between) == (409, "patient_being_dosed")
    assert after.status_code == 200


async def test_session_aborted_in_the_first_version_alone_is_still_read(
    clinic: Clinic, network: UUID
) -> None:
    """As it was written before there was a second one."""
    read = handlers.find("dosing.session_aborted.v1")
    assert read is not None
    assert read.reader.since == 1
    told = SessionAbortedV1(
        session_id=uuid4(), visit_id=uuid4(), patient_id=uuid4(), site_id=uuid4(),
        route=Route.IM, reason="vital_signs", aborted_at=clinic.service.clock.now(),
    )  # fmt: skip
    event = read.reader.from_json(told.to_json())
    assert isinstance(event, SessionAborted)
    assert (event.session_id, event.aborted_at) == (told.session_id, told.aborted_at)


async def test_consent_can_be_withdrawn_while_the_patient_is_dosed(
    clinic: Clinic, network: UUID
) -> None:
    consent = await clinic.clear_for_im()
    opened = SessionOpenedV1(
        session_id=uuid4(),
        visit_id=uuid4(),
        patient_id=UUID(clinic.patient),
        site_id=uuid4(),
        route=Route.IM,
        opened_at=clinic.service.clock.now(),
    )
    await clinic.service.deliver(opened, network)

    assert (await clinic.revoke(consent)).status_code == 200


async def test_revocation_takes_effect_at_once_in_one_call(clinic: Clinic) -> None:
    consent = await clinic.clear_for_im()
    before = await clinic.status()

    revoked = await clinic.revoke(consent)

    assert before["cleared"]
    assert revoked.json()["state"] == "revoked"
    after = await clinic.status()
    assert after["reasons"] == ["consent_revoked"]
    assert after["version"] == before["version"] + 1
    assert problem(await clinic.confirm()) == (409, "not_cleared")
    types = [e.type for e in await clinic.service.outboxed(clinic.network)]
    assert types[-2:] == ["intake.consent_revoked.v1", "intake.clearance_changed.v1"]
    assert problem(await clinic.revoke(consent)) == (409, "consent_not_active")


async def test_newer_signature_supersedes_and_keeps_clearance(clinic: Clinic) -> None:
    first = await clinic.clear_for_im()
    narrower = await clinic.sign(await clinic.draft(), scopes=["touch"])

    states = [c["state"] for c in await consents(clinic)]

    assert narrower.status_code == 200
    assert states == ["superseded", "active"]
    assert (await clinic.status())["reasons"] == ["no_consent"]
    assert problem(await clinic.revoke(first)) == (409, "consent_not_active")


async def test_consent_runs_out_by_itself(clinic: Clinic) -> None:
    await clinic.clear_for_im()
    clinic.service.clock.advance(timedelta(days=366))

    assert [c["state"] for c in await consents(clinic)] == ["expired"]
    refused = await clinic.confirm()
    assert problem(refused) == (409, "not_cleared")
    assert refused.json()["rules"] == ["decision_expired", "consent_expired"]


async def test_signature_needs_the_draft_that_was_read(clinic: Clinic) -> None:
    await clinic.register()
    shown = await clinic.draft()
    stale = await clinic.sign({**shown, "etag": '"v9"'})
    first = await clinic.sign(shown)
    again = await clinic.sign({**shown, "etag": first.headers["ETag"]})

    assert stale.status_code == 412
    assert problem(again) == (409, "consent_not_draft")


async def test_text_exists_only_in_its_languages(clinic: Clinic) -> None:
    patient = await clinic.register()
    path = f"/v1/patients/{patient}/consents"

    strange = await clinic.post(path, {"document": "kap_consent", "language": "eo"})
    missing = await clinic.post(path, {"document": "other_consent", "language": "en"})

    assert problem(strange) == problem(missing) == (404, "consent_document_not_found")


async def consents(clinic: Clinic) -> list[dict[str, Any]]:
    answer = await clinic.get(f"/v1/patients/{clinic.patient}/consents")
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


# --- in full -----------------------------------------------------------------------------------


async def test_text_is_in_the_patients_language_and_has_the_clauses_of_their_state(
    clinic: Clinic,
) -> None:
    texts = {}
    for state, language in ((None, "en"), ("CA", "en"), ("CA", "es")):
        await clinic.register(state=state)
        body = {"document": "kap_consent", "language": language}
        path = (await clinic.post(f"/v1/patients/{clinic.patient}/consents", body)).headers
        texts[state, language] = (await clinic.get(f"{path['Location']}/text")).json()

    plain, notice, spanish = texts.values()
    assert "Medical Board of California" not in plain["text"]
    assert "Medical Board of California" in notice["text"]
    assert "Junta Médica de California" in spanish["text"]
    assert len({t["text_sha256"] for t in texts.values()}) == 3
    for shown in texts.values():
        assert hashlib.sha256(shown["text"].encode()).hexdigest() == shown["text_sha256"]
    assert len(notice["elements"]) == len(plain["elements"]) + 1


async def test_touch_is_taken_back_at_any_moment_and_never_widened_while_dosed(
    clinic: Clinic, network: UUID
) -> None:
    await clinic.register()
    signed = await clinic.sign(await clinic.draft(), scopes=["treatment_im", "touch"])
    consent = signed.json()["id"]
    opened = SessionOpenedV1(
        session_id=uuid4(), visit_id=uuid4(), patient_id=UUID(clinic.patient), site_id=uuid4(),
        route=Route.IM, opened_at=clinic.service.clock.now(),
    )  # fmt: skip
    await clinic.service.deliver(opened, network)

    path = f"/v1/consents/{consent}/narrowing"
    narrowed = await clinic.post(path, {"scopes": ["touch"]})
    again = await clinic.post(path, {"scopes": ["touch"]})
    everything = await clinic.post(path, {"scopes": ["treatment_im"]})
    widened = await clinic.sign(await clinic.draft(), scopes=["treatment_im", "touch"])

    assert narrowed.json()["scopes"] == ["treatment_im"]
    assert problem(again) == problem(everything) == (409, "nothing_narrowed")
    assert problem(widened) == (409, "patient_being_dosed")
    events = await clinic.service.outboxed(clinic.network)
    (event,) = [e for e in events if e.type == "intake.consent_revoked.v1"]
    assert event.data["scopes"] == ["touch"]


async def test_route_taken_back_is_no_longer_cleared(clinic: Clinic) -> None:
    await clinic.clear_for_im()
    scopes = ["treatment_im", "touch"]
    consent = (await clinic.sign(await clinic.draft(), scopes=scopes)).json()["id"]
    await clinic.post(f"/v1/consents/{consent}/narrowing", {"scopes": ["treatment_im"]})
    assert (await clinic.status())["reasons"] == ["no_consent"]


async def test_reaffirmation_is_announced_once_for_each_visit(clinic: Clinic) -> None:
    consent = await clinic.clear_for_im()
    path, visit = f"/v1/consents/{consent}/reaffirmations", {"visit_id": str(uuid4())}

    first = await clinic.post(path, visit)
    again = await clinic.post(path, visit)
    await clinic.post(path, {"visit_id": str(uuid4())})
    clinic.service.clock.advance(timedelta(days=366))
    expired = await clinic.post(path, {"visit_id": str(uuid4())})
    await clinic.revoke(consent)
    revoked = await clinic.post(path, {"visit_id": str(uuid4())})

    assert (first.status_code, again.status_code) == (201, 201)
    assert problem(expired) == (409, "consent_expired")
    assert problem(revoked) == (409, "consent_not_active")
    events = await clinic.service.outboxed(clinic.network)
    told = [e.data for e in events if e.type == "intake.consent_reaffirmed.v1"]
    assert len(told) == 2
    assert told[0]["visit_id"] == visit["visit_id"]


async def test_copy_is_a_pdf_of_the_signed_text_only_and_always_the_same(clinic: Clinic) -> None:
    await clinic.register()
    shown = await clinic.draft()
    draft = await clinic.get(f"{shown['path']}/copy.pdf")
    await clinic.sign(shown)

    copy = await clinic.get(f"{shown['path']}/copy.pdf")
    again = await clinic.get(f"{shown['path']}/copy.pdf")

    assert problem(draft) == (409, "no_signed_copy")
    assert copy.headers["Content-Type"] == "application/pdf"
    assert copy.content.startswith(b"%PDF")
    assert copy.content == again.content


async def test_signature_digest_covers_everything_that_was_signed(clinic: Clinic) -> None:
    digests = set()
    await clinic.register()
    for changes in (
        {},
        {"scopes": ["treatment_im", "touch"]},
        {"independent_witness": str(uuid4())},
        {"comprehension": {"answers": understood(wrong=2)}},
    ):
        signed = await clinic.sign(await clinic.draft(), **changes)
        digests.add(signed.json()["signature_sha256"])
    assert len(digests) == 4


def test_witness_is_somebody_else_where_the_law_asks_for_one() -> None:
    document = replace(documents.current("kap_consent"), witness_states=("NV",))
    taker = uuid4()
    signature = Signature(
        scopes=("treatment_im",), text_sha256="", elements=tuple(e.code for e in document.elements),
        answers=understood(), capacity_attested=True, witnessed_by=taker,
    )  # fmt: skip

    signature.check(document, 80, "CO")
    replace(signature, independent_witness=uuid4()).check(document, 80, "NV")
    with pytest.raises(WitnessMissing):
        signature.check(document, 80, "NV")
    with pytest.raises(WitnessNotIndependent):
        replace(signature, independent_witness=taker).check(document, 80, "CO")
