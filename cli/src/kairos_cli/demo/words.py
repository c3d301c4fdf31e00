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
