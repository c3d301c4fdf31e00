"""A psychotherapy note: its author's alone (45 CFR 164.501), and what may not be in it only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from integration.domain.errors import SafetyFactNotCharted, SafetyFactsUnanswered


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateNote:
    """One note. Its words are never shown in a representation of the object."""

    id: UUID
    patient_id: UUID
    author_id: UUID
    therapy_session_id: UUID | None
    written_at: datetime
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyPrompts:
    """Facts that belong in the chart: the author is asked for each before a note is kept."""

    version: str
    questions: Mapping[str, str]  # by fact

    def check(self, answers: Sequence["SafetyAnswer"], charted: frozenset[UUID]) -> None:
        """Whether every fact is answered, and every one that is there is charted.

        `charted` are the entries of the patient's chart. Raises SafetyFactsUnanswered,
        SafetyFactNotCharted.
        """
        answered = {answer.fact for answer in answers}
        if missing := sorted(self.questions.keys() - answered):
            raise SafetyFactsUnanswered(missing)
        bare = [a.fact for a in answers if a.present and a.charted_in not in charted]
        if bare:
            raise SafetyFactNotCharted(sorted(bare))


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyAnswer:
    """Whether a fact came up, and where in the chart it stands."""

    fact: str
    present: bool
    charted_in: UUID | None
