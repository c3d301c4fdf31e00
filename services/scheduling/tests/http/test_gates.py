"""Who leads in an emergency, who may order in which state, and how often esketamine is given."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from kairos_chassis.testing.harness import Harness

from .clinic import Clinic, open_clinic, slug
from .test_changes import change, elsewhere
from .test_courses import cleared_for_all
from .test_search import open_hours, search


async def suspend(clinic: Clinic, role: str, kind: str) -> None:
    card = clinic.cards[role, kind]
    path = f"/v1/practitioners/{clinic.staff[role]}/credentials/{card}/suspension"
    assert (await clinic.post(path, None, "ops_admin")).status_code == 200


async def faults(clinic: Clinic, **changes: Any) -> list[tuple[str, str, str]]:
    answer = await clinic.book(clinic.dosing(await clinic.cleared_patient(), **changes))
    assert slug(answer) == "credential_not_valid", answer.text
    return [(one["role"], one["kind"], one["problem"]) for one in answer.json()["credentials"]]


async def test_somebody_of_the_team_leads_in_an_emergency(clinic: Clinic) -> None:
    await clinic.hire("nurse", acls=True)  # left out

    assert await faults(clinic) == [("emergency_lead", "acls", "missing")]

    await clinic.give(clinic.staff["prescriber"], "acls", None, until="2028-01-01")
    assert (await clinic.booked())["state"] == "booked"


async def test_lead_who_is_suspended_leaves_the_visit_to_somebody_who_owns_it(
    clinic: Clinic,
) -> None:
    visit = await clinic.booked()

    await suspend(clinic, "nurse", "acls")

    held = (await clinic.get(f"/v1/visits/{visit['id']}")).json()
    assert (held["state"], held["held_reason"]) == ("held", "credential_suspended")


async def test_search_offers_no_slot_without_a_lead_and_says_who_leads(clinic: Clinic) -> None:
    await open_hours(clinic)
    (slot,) = await search(clinic, limit=1)
    assert slot["choices"]["emergency_lead"] == [clinic.staff["nurse"]]

    await suspend(clinic, "nurse", "acls")

    assert await search(clinic, limit=1) == []


async def test_who_orders_has_an_identifier_and_is_insured(clinic: Clinic) -> None:
    await clinic.hire("prescriber", npi=True, malpractice_insurance=True)  # left out

    assert await faults(clinic) == [
        ("prescriber", "npi", "missing"),
        ("prescriber", "malpractice_insurance", "missing"),
    ]


async def test_nurse_practitioner_orders_under_an_agreement_only(clinic: Clinic) -> None:
    person = await clinic.hire("prescriber", medical_licence=True)  # left out
    await clinic.give(person, "nurse_practitioner_licence", "CO", until="2028-01-01")
    assert await faults(clinic) == [("prescriber", "medical_licence", "missing")]

    await clinic.give(person, "supervision_agreement", "CO", until="2027-03-10")

    assert (await clinic.booked())["staff"]["prescriber"] == person
    late = {"starts_at": "2027-03-12T17:00:00Z"}
    assert await faults(clinic, **late) == [("prescriber", "medical_licence", "lapsed")]


async def test_state_that_registers_prescribers_itself_asks_for_that(service: Harness) -> None:
    clinic = await open_clinic(service, UUID(int=77), state="CO")
    body = {"name": "East", "zone": "America/New_York", "state": "NJ"}
    clinic.site = await clinic.make("/v1/sites", body)
    clinic.room = await clinic.make(f"/v1/sites/{clinic.site}/rooms", {"name": "Blue"})
    for role, kind in (
        ("prescriber", "medical_licence"),
        ("prescriber", "dea_registration"),
        ("nurse", "nursing_licence"),
        ("therapist", "therapy_licence"),
    ):
        await clinic.give(clinic.staff[role], kind, "NJ", until="2028-01-01")

    kind = "state_controlled_substance_registration"
    assert await faults(clinic) == [("prescriber", kind, "missing")]

    await clinic.give(clinic.staff["prescriber"], kind, "NJ", until="2028-01-01")
    assert (await clinic.booked())["state"] == "booked"


async def nasal(clinic: Clinic) -> UUID:
    for role in ("prescriber", "nurse"):
        await clinic.give(clinic.staff[role], "rems_training", None, until="2028-01-01")
    return await cleared_for_all(clinic)


def spray(clinic: Clinic, patient: UUID, day: int) -> dict[str, Any]:
    return clinic.dosing(
        patient,
        visit_type="dosing_nasal_esketamine",
        route="nasal_esketamine",
        starts_at=f"2027-03-{day:02}T17:00:00Z",
    )


async def test_esketamine_is_given_twice_a_week_and_no_third_time(clinic: Clinic) -> None:
    patient = await nasal(clinic)
    for day in (2, 5):
        assert (await clinic.book(spray(clinic, patient, day))).status_code == 201

    third = await clinic.book(spray(clinic, patient, 8))
    held = await clinic.post("/v1/holds", spray(clinic, patient, 8), "nurse")

    assert (slug(third), slug(held)) == ("doses_too_dense", "doses_too_dense")
    assert (third.json()["most"], third.json()["within_days"]) == (2, 7)
    assert (await clinic.book(spray(clinic, patient, 9))).status_code == 201
    assert slug(await clinic.book(spray(clinic, patient, 7))) == "doses_too_dense"


async def test_held_slot_counts_as_a_dose_of_its_week_until_it_expires(clinic: Clinic) -> None:
    patient = await nasal(clinic)
    for day in (2, 4):
        held = await clinic.post("/v1/holds", spray(clinic, patient, day), "nurse")
        assert held.status_code == 201, held.text

    assert slug(await clinic.book(spray(clinic, patient, 6))) == "doses_too_dense"

    clinic.service.clock.advance(timedelta(minutes=11))
    assert (await clinic.book(spray(clinic, patient, 6))).status_code == 201


async def test_move_and_search_keep_to_twice_a_week(clinic: Clinic) -> None:
    await open_hours(clinic)
    patient = await nasal(clinic)
    visits = [(await clinic.book(spray(clinic, patient, day))).json() for day in (2, 5, 9)]

    moved = await change(
        clinic, visits[2], "move", elsewhere(clinic, visits[2], starts_at="2027-03-08T17:00:00Z")
    )
    span = {"since": "2027-03-07T00:00:00Z", "until": "2027-03-13T12:00:00Z", "limit": 100}
    found = await search(
        clinic, visit_type="dosing_nasal_esketamine", patient_id=str(patient), **span
    )

    assert slug(moved) == "doses_too_dense"
    assert {one["starts_at"][:10] for one in found} == {"2027-03-12"}


async def test_whom_the_patient_knows_comes_first(clinic: Clinic) -> None:
    patient = await clinic.cleared_patient()
    known = clinic.staff["therapist"]
    await clinic.book(clinic.dosing(patient))
    other = await clinic.hire("therapist")
    await open_hours(clinic)
    clinic.staff["therapist"] = known
    await open_hours(clinic)
    asked = {"visit_type": "integration", "patient_id": str(patient), "limit": 1}

    (slot,) = await search(clinic, **asked)
    (same,) = await search(clinic, **asked, continuity=True)
    nobody = await search(clinic, visit_type="integration", continuity=True, limit=1)

    assert slot["choices"]["therapist"] == [known, other]
    assert slot["familiar"] == [known]
    assert same["choices"]["therapist"] == [known]
    assert nobody == []
