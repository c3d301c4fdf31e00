"""A referral is taken, and its referrer follows it without seeing anybody."""

from typing import Any
from uuid import uuid4

from .steps import Clinic, problem

BODY = {
    "indication": "ptsd",
    "reason": "two courses without effect",
    "referrer_name": "Dr Quill",
}


async def move(clinic: Clinic, path: str, **body: Any) -> Any:
    etag = (await clinic.get(path)).headers["ETag"]
    return await clinic.post(f"{path}/status", body, headers={"If-Match": etag})


async def test_referrer_follows_the_status_and_sees_nobody(clinic: Clinic) -> None:
    taken = await clinic.post("/v1/referrals", BODY, role="front_desk")
    path, token = taken.headers["Location"], taken.json()["token"]
    patient = await clinic.register()
    assert (await move(clinic, path, status="accepted", patient_id=patient)).status_code == 200

    async with clinic.service.raw(headers={"Authorization": f"Bearer {token}"}) as referrer:
        seen = (await referrer.get("/v1/referral-status")).json()
        record = await referrer.get(f"/v1/patients/{patient}/export")
        link = await referrer.get("/v1/self-service")

    assert (seen["status"], seen["indication"]) == ("accepted", "ptsd")
    assert patient not in str(seen)
    assert record.status_code == link.status_code == 404
    listed = (await clinic.get("/v1/referrals?status=accepted")).json()["items"]
    assert [one["patient_id"] for one in listed] == [patient]


async def test_referral_moves_one_way_and_a_refusal_gives_a_reason(clinic: Clinic) -> None:
    path = (await clinic.post("/v1/referrals", BODY)).headers["Location"]

    nobody = await move(clinic, path, status="accepted")
    unknown = await move(clinic, path, status="accepted", patient_id=str(uuid4()))
    early = await move(clinic, path, status="completed", patient_id=await clinic.register())
    silent = await move(clinic, path, status="declined")
    declined = await move(clinic, path, status="declined", reason="no_capacity")
    late = await move(clinic, path, status="accepted", patient_id=clinic.patient)

    assert problem(nobody) == problem(early) == problem(late) == (409, "referral_move")
    assert problem(unknown) == (404, "patient_not_found")
    assert problem(silent) == (422, "unknown_reason")
    assert declined.json()["status_reason"] == "no_capacity"
