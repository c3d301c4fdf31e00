"""What people of the journey type: names, contact data and free text, none of which may travel."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Everything personal or free in the journey's requests.

    Whoever wants to follow these through the platform plays the journey with words of their own.
    """

    given_name: str = "Dana"
    family_name: str = "R"
    born_on: str = "1984-05-17"
    phone: str = "+13035550142"
    medication: str = "sertraline"
    clinic: str = "Clinic"
    room: str = "Room 1"
    licence: str = "C-1"
    board: str = "The board"
    theme: str = "grief"
    insight: str = "it can be met without running"
    commitment: str = "write every morning"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateWords:
    """What only the patient, or only the therapist, may ever read."""

    note: str = "Her grief met mine; I held back my own story."
    journal: str = "The sea took the letter, and I let it."


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartWords:
    """What the team writes into the chart on the whole way: for the team, and nobody else."""

    referrer: str = "Dr Outside"
    referral: str = "two antidepressants without enough effect"
    escort: str = "Sam R"
    escort_phone: str = "+13035550177"
    goal: str = "sleep without dread"
    intention: str = "meet grief without running"
    expectation: str = "that it may be hard, and pass"
    music: str = "strings, no words"
    place: str = "the room with the window"
    mindset: str = "afraid and willing"
    company: str = "Dr Shah and a nurse"
    image: str = "a tide"
    emotion: str = "relief after grief"
    difficulty: str = "fear of dissolving"
    resolution: str = "breath, a hand"
    meaning: str = "it can be carried"
    planned: str = "at the kitchen table, at seven"
    barrier: str = "early shifts"
    contact: str = "her brother"
    plan: str = "once more before the next dose"
    meeting: str = "in a fortnight"
    narrative: str = "She wept, and then slept without dread."
    first_draft: str = "She wept."
    addendum: str = "Her brother drove her home."
    early_sign: str = "waking at four"
    help: str = "the river at dusk"
    intervention: str = "no maintenance dose for now"
    follow_up: str = "a call in autumn"
    message: str = "She slept badly before the third dose."
    task: str = "Ask how the new shifts are."
    session_note: str = "Held her hand from minute twelve on."
    soft_stop: str = "tolerated 100 mg well, too little effect"
