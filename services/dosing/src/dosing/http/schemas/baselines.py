"""What is asked before a dose beside vital signs, as taken and answered."""

from typing import Annotated

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Day, Instant
from pydantic import Field

from dosing.domain.baseline import Baseline, Medication, Pregnancy, SuicideScreen

Medications = Annotated[dict[Medication, Instant], Field(max_length=16)]


class BaselineBody(Body):
    """As the patient says it on the day of the dose."""

    last_solids_at: Instant = Field(description="when the patient last ate")
    last_fluids_at: Instant = Field(description="when the patient last drank, clear fluids too")
    medications: Medications = Field(description="taken today, by kind: when last")
    last_alcohol_at: Instant | None = None
    intoxicated: bool = Field(description="alcohol or another drug, as the clinician sees it")
    acute_change: bool = Field(description="fever, new chest pain, a new neurological deficit")
    pregnancy: Pregnancy
    pregnancy_tested_on: Day | None = Field(default=None, description="of the hCG test")
    suicide_screen: SuicideScreen = Field(description="C-SSRS since the last visit")

    def baseline(self) -> Baseline:
        """As the domain holds it."""
        given = {name: getattr(self, name) for name in Baseline.__slots__}
        given["medications"] = {kind.value: at for kind, at in self.medications.items()}
        return Baseline(**given)


class BaselineView(Answer):
    """What was said."""

    last_solids_at: Instant
    last_fluids_at: Instant
    medications: dict[str, Instant]
    last_alcohol_at: Instant | None
    intoxicated: bool
    acute_change: bool
    pregnancy: Pregnancy
    pregnancy_tested_on: Day | None
    suicide_screen: SuicideScreen

    @classmethod
    def of(cls, said: Baseline) -> "BaselineView":
        """The view of what was said."""
        given = {name: getattr(said, name) for name in Baseline.__slots__}
        return cls(**{**given, "medications": dict(said.medications)})
