"""The structured record of a therapy session; clinical.md section 7."""

from typing import Annotated, Any
from uuid import UUID

from kairos_chassis.http.schemas import Body
from pydantic import Field, StringConstraints

from integration.domain.commitment import Practice
from integration.domain.red_flag import FlagKind, Severity

Text = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
Texts = Annotated[list[Text], Field(max_length=30)]
Long = Annotated[str, StringConstraints(min_length=1, max_length=20_000, strip_whitespace=True)]
Confidence = Annotated[int, Field(ge=0, le=10)]
CoTherapists = Annotated[list[UUID], Field(max_length=4)]


class SetAndSetting(Body):
    """Where and how the session is, or shall be."""

    music: Text | None = None
    eyeshade: bool | None = None
    people_present: Texts = Field(default_factory=list)
    place: Text | None = None
    mindset: Text | None = None


class Difficulty(Body):
    """A hard experience, and how it resolved."""

    experience: Text
    resolution: Text | None = None


class PromisedBehaviour(Body):
    """What the patient will do."""

    behaviour: Text
    planned: Text | None = Field(default=None, description="when, in words")
    barriers: Text | None = None
    confidence: Confidence


class PromisedPractice(Body):
    """What the patient will practise."""

    practice: Practice
    times_per_week: Annotated[int, Field(ge=1, le=70)]
    confidence: Confidence


class SeenSign(Body):
    """A sign of danger; signing raises it."""

    kind: FlagKind
    severity: Severity


class RecordBody(Body):
    """The structured record. Psychotherapy notes have a place of their own."""

    goals: Texts = Field(default_factory=list)
    intention: Text | None = Field(default=None, description="in the patient's words, before")
    expectations: Text | None = None
    escort_arranged: bool | None = None
    set_and_setting: SetAndSetting | None = None
    themes: Texts = Field(default_factory=list)
    images: Texts = Field(default_factory=list)
    emotions: Texts = Field(default_factory=list)
    insights: Texts = Field(default_factory=list)
    difficulties: Annotated[list[Difficulty], Field(max_length=20)] = Field(default_factory=list)
    meaning: Text | None = None
    commitments: Annotated[list[PromisedBehaviour], Field(max_length=20)] = Field(
        default_factory=list
    )
    practices: Annotated[list[PromisedPractice], Field(max_length=12)] = Field(default_factory=list)
    support_contacts: Texts = Field(default_factory=list)
    red_flags: Annotated[list[SeenSign], Field(max_length=8)] = Field(default_factory=list)
    plan: Text | None = None
    next_on: Text | None = Field(default=None, description="when to meet next, in words")
    narrative: Long | None = None

    def document(self) -> dict[str, Any]:
        """What is kept: only what was said."""
        return self.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
