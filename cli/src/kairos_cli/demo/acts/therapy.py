"""Therapy around the doses: preparation, integration, safety calls, journal, private note."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from kairos_cli.demo.stage import check, expect
from kairos_cli.demo.world import World


def _preparation(world: World) -> dict[str, Any]:
    words = world.chart
    return {
        "goals": [words.goal],
        "intention": words.intention,
        "expectations": words.expectation,
        "escort_arranged": True,
        "set_and_setting": {
            "music": words.music,
            "eyeshade": True,
            "place": words.place,
            "mindset": words.mindset,
            "people_present": [words.company],
        },
    }


def _integration(world: World) -> dict[str, Any]:
    words, chart = world.words, world.chart
    promised = {
        "behaviour": words.commitment,
        "planned": chart.planned,
        "barriers": chart.barrier,
        "confidence": 7,
    }
    return {
        "themes": [words.theme],
        "insights": [words.insight],
        "images": [chart.image],
        "emotions": [chart.emotion],
        "difficulties": [{"experience": chart.difficulty, "resolution": chart.resolution}],
        "meaning": chart.meaning,
        "commitments": [promised],
        "practices": [{"practice": "journal", "times_per_week": 5, "confidence": 7}],
        "support_contacts": [chart.contact],
        "plan": chart.plan,
        "next_on": chart.meeting,
        "narrative": chart.narrative,
    }


def prepare(world: World) -> None:
    """Days -7 and -3: Dana and her therapist get ready."""
    world.stage.scene("Integration: two preparations before the first dose")
    for number, day in ((1, -7), (2, -3)):
        world.at(day)
        with world.stage.step("Dr Shah", f"Day {day}: preparation {number}, 60 minutes") as step:
            record = _preparation(world)
            sign(world, "preparation", record, None, minutes=60)
            step.answered = f"signed; intention: “{record['intention']}”"
            world.stage.crossed(step, "integration.therapy_session_recorded.v1")


def sign(
    world: World,
    kind: str,
    record: dict[str, Any],
    episode: str | None,
    *,
    minutes: int = 50,
    who: str = "Dr Shah",
) -> str:
    """Draft and sign a record of a meeting that ends now. Returns the session's id."""
    therapist = world.people[who]
    now = world.now()
    body = {
        "patient_id": world.ids["patient"],
        "episode_id": episode,
        "kind": kind,
        "started_at": (now - timedelta(minutes=minutes)).isoformat(),
        "ended_at": now.isoformat(),
        "record": record,
    }
    draft = expect(therapist.post("integration", "/v1/therapy-drafts", body), 201)
    path = f"/v1/therapy-drafts/{draft.body['id']}/signature"
    zone = {"zone": "America/Denver"}
    signed = expect(therapist.post("integration", path, zone, draft.etag), 200)
    return str(signed.body["therapy_session_id"])


def open_episode(world: World) -> dict[str, Any]:
    """The episode that the last discharge has opened."""
    found: list[dict[str, Any]] = []

    def opened() -> bool:
        wanted = {"patient_id": world.ids["patient"], "state": "open"}
        found[:] = expect(world.shah.get("integration", "/v1/episodes", **wanted), 200).body[
            "items"
        ]
        return bool(found)

    world.stage.until(opened, "the episode after the discharge")
    return found[-1]


def integrate(world: World, day: int, dosed_at: datetime, where: str = "A") -> str:
    """Integration of the last dose, 22 hours after it, booked when the patient leaves.

    Returns the therapy session's id.
    """
    episode = open_episode(world)
    who = "Dr Ruiz" if where == "B" else "Dr Shah"
    _book(world, dosed_at, who, where)
    world.platform.clock.set(dosed_at + timedelta(hours=22, minutes=50))
    asked = f"Day {day}: integration at clinic {where}, 22 h after the dose"
    with world.stage.step(who, asked) as step:
        therapist = world.people[who]
        session = sign(world, "integration", _integration(world), episode["id"], who=who)
        kept = expect(therapist.get("integration", f"/v1/therapy-sessions/{session}"), 200).body
        closed = expect(therapist.get("integration", f"/v1/episodes/{episode['id']}"), 200).body
        check(closed["outcome"] == "completed", "the session must complete its episode")
        check(kept["hours_since_dose"] == 22, f"22 h since the dose: {kept['hours_since_dose']}")
        step.answered = f"signed {kept['hours_since_dose']} h after; episode completed, in time"
        world.stage.crossed(step, "integration.episode_closed.v1")
    return session


def follow_up(world: World) -> None:
    """A meeting after the series, recorded without a draft."""
    now, words = world.now(), world.words
    body = {
        "patient_id": world.ids["patient"],
        "kind": "integration",
        "practitioner_id": str(world.shah.id),
        "started_at": (now - timedelta(minutes=50)).isoformat(),
        "ended_at": now.isoformat(),
        "themes": [words.theme],
        "insights": [words.insight],
        "commitments": [words.commitment],
    }
    expect(world.shah.post("integration", "/v1/therapy-sessions", body), 201)


def _book(world: World, dosed_at: datetime, who: str, where: str) -> None:
    """The visit of the next day; the episode knows it from scheduling."""
    with world.stage.step("Desk", f"Book integration with {who} at clinic {where}") as step:
        starts = (dosed_at + timedelta(hours=22)).replace(second=0, microsecond=0)
        body = {
            "patient_id": world.ids["patient"],
            "site_id": world.ids[f"site_{where}"],
            "room_id": world.ids[f"room_{where}"],
            "visit_type": "integration",
            "route": None,
            "starts_at": starts.isoformat(),
            "staff": {"therapist": str(world.people[who].id)},
        }
        visit = expect(world.desk.post("scheduling", "/v1/visits", body), 201).body["id"]

        def known() -> bool:
            planned = open_episode(world)["visit"]
            return planned is not None and planned["id"] == visit and bool(planned["in_time"])

        world.stage.until(known, "the visit in the episode")
        step.answered = "booked before the deadline; the episode shows it"


def carry_forward(world: World) -> None:
    """Day 2: what the next preparation shows, and what the team tells each other."""
    patient, words, chart = world.ids["patient"], world.words, world.chart
    with world.stage.step("Dr Shah", "Day 2: intended, learned and promised, for dose 2") as step:
        path = f"/v1/patients/{patient}/carried-forward"
        found = expect(world.shah.get("integration", path), 200).body
        check(found["intention"] == chart.intention, "the intention goes along")
        check(found["goals"] == [chart.goal], "the goals go along")
        check(words.insight in [one["words"] for one in found["insights"]], "insights go along")
        promised = [one["behaviour"] for one in found["commitments"]]
        check(words.commitment in promised, "promises go along")
        step.answered = f"“{found['intention']}”; {len(found['commitments'])} promises"
    with world.stage.step("Dr Shah", "Write to the team, and ask a nurse for something") as step:
        path = f"/v1/patients/{patient}/team-messages"
        expect(world.shah.post("integration", path, {"words": chart.message}), 201)
        due_at = (world.now() + timedelta(days=1)).isoformat()
        task = {"patient_id": patient, "words": chart.task, "role": "nurse", "due_at": due_at}
        made = expect(world.shah.post("integration", "/v1/tasks", task), 201)
        path = f"/v1/tasks/{made.body['id']}/end"
        expect(world.ortiz.post("integration", path, {"state": "done"}, made.etag), 200)
        step.answered = "told; the task is done"


def amend(world: World, session: str) -> None:
    """Write on in a draft, and add to a record that is signed."""
    with world.stage.step("Dr Shah", "Write on in a draft; add to a signed record") as step:
        chart, now = world.chart, world.now()
        body = {
            "patient_id": world.ids["patient"],
            "kind": "integration",
            "started_at": (now - timedelta(minutes=20)).isoformat(),
            "record": {"narrative": chart.first_draft},
        }
        draft = expect(world.shah.post("integration", "/v1/therapy-drafts", body), 201)
        path = f"/v1/therapy-drafts/{draft.body['id']}"
        record = {"record": {"narrative": chart.narrative}}
        saved = expect(world.shah.patch("integration", path, record, draft.etag), 200)
        stale = world.shah.patch("integration", path, record, draft.etag)
        check(stale.status == 412, "who read an older version is told so")
        kept = expect(world.shah.get("integration", f"{path}/versions"), 200).body["items"]
        check(kept[0]["record"]["narrative"] == chart.first_draft, "no word of a draft is lost")
        expect(world.shah.post("integration", f"{path}/discard", None, saved.etag), 200)
        added = {"kind": "addition", "words": chart.addendum}
        path = f"/v1/therapy-sessions/{session}/addenda"
        expect(world.shah.post("integration", path, added), 201)
        step.answered = "every version kept; the addendum stands beside the record"


def call(world: World, occasion: str, day: int) -> None:
    """The safety call that is due."""
    with world.stage.step("RN Ortiz", f"Day {day}: safety call") as step:
        found: list[dict[str, Any]] = []

        def due() -> bool:
            wanted = {"patient_id": world.ids["patient"], "state": "open"}
            page = expect(world.ortiz.get("integration", "/v1/safety-calls", **wanted), 200)
            found[:] = [one for one in page.body["items"] if one["occasion"] == occasion]
            return bool(found)

        world.stage.until(due, f"the call {occasion}")
        own = f"/v1/safety-calls/{found[0]['id']}"
        settled = world.ortiz.act_on("integration", own, "outcome", {"outcome": "well"})
        step.answered = str(expect(settled, 200).body["outcome"])
        world.stage.crossed(step, "integration.safety_call_completed.v1")
