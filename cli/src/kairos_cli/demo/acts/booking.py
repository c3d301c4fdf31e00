"""Scheduling: sites, people with credentials, and a visit that nobody can double-book."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from kairos_cli.demo.people import Answer
from kairos_cli.demo.stage import check, expect
from kairos_cli.demo.world import DAY_0, World

_STAFF = {"Dr Lee": "prescriber", "RN Ortiz": "nurse", "RN Park": "nurse", "Dr Shah": "therapist"}
_CARDS = {
    "prescriber": (
        ("medical_licence", "CO"),
        ("dea_registration", "CO"),
        ("npi", None),
        ("malpractice_insurance", None),
    ),
    "nurse": (("nursing_licence", "CO"), ("bls", None), ("acls", None)),
    "therapist": (("therapy_licence", "CO"),),
}


def prepare(world: World) -> None:
    """The clinic exists before the patient does."""
    world.stage.scene("Scheduling: two sites, their rooms, and people who may do the work")
    world.at(-20)
    _sites(world)
    _staff(world)


def _sites(world: World) -> None:
    with world.stage.step("Ops", "Open clinic A in Denver and clinic B in Boulder") as step:
        for key in ("A", "B"):
            body = {"name": f"{world.words.clinic} {key}", "zone": "America/Denver", "state": "CO"}
            site = expect(world.ops.post("scheduling", "/v1/sites", body), 201).body["id"]
            world.ids[f"site_{key}"] = site
            path = f"/v1/sites/{site}/rooms"
            room = expect(world.ops.post("scheduling", path, {"name": world.words.room}), 201)
            world.ids[f"room_{key}"] = room.body["id"]
        step.answered = "two sites with a room each"


def _staff(world: World) -> None:
    with world.stage.step("Ops", "Register Lee, Ortiz, Park and Shah, with credentials") as step:
        count = 0
        for name, role in _STAFF.items():
            count += register(world, name, role)
        step.answered = f"4 people, {count} credentials"
        world.stage.crossed(
            step,
            *["scheduling.practitioner_registered.v1"] * 4,
            *["scheduling.credential_recorded.v1"] * count,
        )
        step.events = [f"{len(step.events)} events of practitioners and credentials"]


def register(world: World, name: str, role: str) -> int:
    """Make somebody of the staff known, with the credentials of their role. Returns how many."""
    person = str(world.people[name].id)
    body = {"practitioner_id": person, "display_name": name, "roles": [role]}
    expect(world.ops.post("scheduling", "/v1/practitioners", body), 201)
    for kind, state in _CARDS[role]:
        expect(_give(world, person, kind, state, "2028-12-31"), 201)
    return len(_CARDS[role])


def _give(world: World, person: str, kind: str, state: str | None, expires_on: str) -> Answer:
    body = {
        "kind": kind,
        "number": world.words.licence,
        "issuer": world.words.board,
        "state": state,
        "issued_on": "2026-01-01",
        "expires_on": expires_on,
    }
    return world.ops.post("scheduling", f"/v1/practitioners/{person}/credentials", body)


def visit(world: World, *, days: int = 0, **changes: Any) -> dict[str, Any]:
    """What books an IM visit on that day of the journey, half past nine at the clinic."""
    return {
        "patient_id": world.ids["patient"],
        "site_id": world.ids["site_A"],
        "room_id": world.ids["room_A"],
        "visit_type": "dosing_im",
        "route": "im",
        "starts_at": (DAY_0 + timedelta(days=days, minutes=30)).isoformat(),
        "staff": {
            "prescriber": str(world.lee.id),
            "nurse": str(world.ortiz.id),
            "therapist": str(world.shah.id),
        },
        **changes,
    }


def refuse_uncleared(world: World) -> None:
    """Before the decision and the consent no dosing visit can be booked."""
    with world.stage.step("Desk", "Book an IM visit before Dana is cleared") as step:
        answer = expect(world.desk.post("scheduling", "/v1/visits", visit(world)), 409)
        step.answered = f"refused: {answer.slug} {' '.join(answer.rules)}"


def play(world: World) -> None:
    """Day -9: the first dosing visit."""
    world.stage.scene("Scheduling: the first dosing visit")
    world.at(-9)
    _refuse_lapsed(world)
    _book(world)
    _refuse_taken(world)


def book_once_cleared(world: World, body: dict[str, Any]) -> Answer:
    """Book; scheduling hears of the clearance by event, so the first tries may be too early."""
    answers: list[Answer] = []

    def booked() -> bool:
        answers.append(world.desk.post("scheduling", "/v1/visits", body))
        return answers[-1].status == 201

    world.stage.until(booked, "a booking once the clearance has reached scheduling")
    return answers[-1]


def _refuse_lapsed(world: World) -> None:
    with world.stage.step("Desk", "Book with a nurse whose licence lapses the day before") as step:
        nurse = str(uuid.uuid4())
        person = {"practitioner_id": nurse, "display_name": "RN Lapsed", "roles": ["nurse"]}
        expect(world.ops.post("scheduling", "/v1/practitioners", person), 201)
        expect(_give(world, nurse, "nursing_licence", "CO", "2027-02-28"), 201)
        expect(_give(world, nurse, "bls", None, "2028-12-31"), 201)
        body = visit(world)
        body["staff"] = {**body["staff"], "nurse": nurse}
        answer = _settled(world, body)
        step.answered = f"refused: {answer.slug}"


def _settled(world: World, body: dict[str, Any]) -> Answer:
    """The refusal for the credential, once the clearance has arrived."""
    answers: list[Answer] = []

    def about_credentials() -> bool:
        answers.append(expect(world.desk.post("scheduling", "/v1/visits", body), 409))
        return "credential" in answers[-1].slug

    world.stage.until(about_credentials, "a refusal that names the credential")
    return answers[-1]


def _book(world: World) -> None:
    with world.stage.step("Desk", "Book Lee, Ortiz, Shah and room 1 for IM") as step:
        answer = book_once_cleared(world, visit(world))
        world.ids["visit"] = answer.body["id"]
        step.answered = f"booked for {answer.body['local_on']}"
        world.stage.crossed(step, "scheduling.visit_booked.v1")


def _refuse_taken(world: World) -> None:
    with world.stage.step("Desk", "Book the same room and team again") as step:
        answer = expect(world.desk.post("scheduling", "/v1/visits", visit(world)), 409)
        check("taken" in answer.slug or bool(answer.body), "the refusal must say what is taken")
        step.answered = f"refused: {answer.slug}, the database keeps them apart"


def check_in(world: World) -> None:
    """Day 0: Dana arrives."""
    world.stage.scene("Scheduling: Dana arrives")
    world.at(0, 0.1)
    with world.stage.step("Desk", "Check Dana in: escort confirmed, fasting kept") as step:
        answer = arrive(world)
        step.answered = str(answer.body["state"]).replace("_", " ")
        world.stage.crossed(step, "scheduling.visit_checked_in.v1", "dosing.session_opened.v1")


def arrive(world: World) -> Answer:
    """Check in for the visit in hand, past every gate."""
    body = {
        "escort_confirmed": True,
        "fasting": "kept",
        "screen": "clear",
        "consent_reaffirmed": True,
    }
    visit = f"/v1/visits/{world.ids['visit']}"
    return expect(world.desk.act_on("scheduling", visit, "check-in", body), 200)
