"""Observations, as taken and answered."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import (
    Codes,
    ExactDecimal,
    Instant,
    Moaas,
    Percent,
    PositiveDecimal,
    Reading,
)
from pydantic import Field, StringConstraints

from dosing.domain.observation import Aldrete, Observation, Readings
from dosing.domain.symptoms import SideEffect, Symptom
from dosing.http.schemas.baselines import BaselineBody, BaselineView

Item = Annotated[int, Field(ge=0, le=2)]
Cadss6 = Annotated[int, Field(ge=0, le=24)]
Distress = Annotated[int, Field(ge=0, le=10)]
Orientation = Annotated[int, Field(ge=0, le=4)]
Severity = Annotated[int, Field(ge=0, le=3)]
Symptoms = Annotated[list[Symptom], Field(max_length=16)]
SideEffects = Annotated[dict[SideEffect, Severity], Field(max_length=32)]


class AldreteBody(Body):
    """The five items of the modified Aldrete score."""

    activity: Item
    respiration: Item
    circulation: Item
    consciousness: Item
    saturation: Item


class ReadingsBody(Body):
    """What was seen. Leave out what was not taken."""

    systolic_mmhg: Reading | None = None
    diastolic_mmhg: Reading | None = None
    heart_rate_bpm: Reading | None = None
    respiratory_rate_bpm: Reading | None = None
    spo2_percent: Percent | None = None
    moaas: Moaas | None = None
    cadss6: Cadss6 | None = None
    aldrete: AldreteBody | None = None
    distress: Distress | None = None
    orientation: Orientation | None = None
    gait_steady: bool | None = None
    nausea: Severity | None = None
    temperature_c: PositiveDecimal | None = None
    symptoms: Symptoms | None = Field(default=None, description="what is alarming")
    side_effects: SideEffects | None = Field(
        default=None, description="by code, 0 none to 3 severe"
    )

    oximetry_continuous: bool | None = Field(
        default=None, description="an oximeter runs without a break, as from MOAA/S 4 down it must"
    )
    baseline: BaselineBody | None = Field(default=None, description="what is asked before a dose")

    def readings(self) -> Readings:
        """As the domain holds them."""
        given = self.model_dump(include=set(Readings.__slots__) - {"aldrete", "baseline"})
        if self.baseline is not None:
            given["baseline"] = self.baseline.baseline()
        if self.symptoms is not None:
            given["symptoms"] = tuple(one.value for one in self.symptoms)
        if self.side_effects is not None:
            given["side_effects"] = {k.value: v for k, v in self.side_effects.items()}
        score = None if self.aldrete is None else Aldrete(**self.aldrete.model_dump())
        return Readings(aldrete=score, **given)


class ObservationBody(ReadingsBody):
    """What was seen, and when. Leave out what was not taken."""

    observed_at: Instant
    device_id: UUID | None = None


class CorrectionBody(Body):
    """What was really seen; without readings the observation was entered in error."""

    readings: ReadingsBody | None
    reason: Annotated[str, StringConstraints(min_length=3, max_length=500, strip_whitespace=True)]


class ObservationView(Answer):
    """Readings with their time and observer."""

    id: UUID
    session_id: UUID
    observed_at: Instant
    recorded_at: Instant
    recorded_by: UUID
    minutes_since_first_dose: int | None
    systolic_mmhg: int | None
    diastolic_mmhg: int | None
    heart_rate_bpm: int | None
    respiratory_rate_bpm: int | None
    spo2_percent: int | None
    moaas: int | None
    cadss6: int | None
    aldrete_total: int | None
    distress: int | None
    orientation: int | None
    gait_steady: bool | None
    nausea: int | None
    temperature_c: ExactDecimal | None
    symptoms: Codes | None
    side_effects: dict[str, int] | None
    oximetry_continuous: bool | None
    baseline: BaselineView | None
    device_id: UUID | None
    late_minutes: int = Field(description="how long after it was seen it was written down")
    version: int = Field(description="above 1: corrected since")

    @classmethod
    def of(cls, taken: Observation) -> "ObservationView":
        """The view of an observation."""
        seen = taken.readings
        return cls(
            id=taken.id,
            session_id=taken.session_id,
            observed_at=taken.observed_at,
            recorded_at=taken.recorded_at,
            recorded_by=taken.recorded_by,
            minutes_since_first_dose=taken.minutes_since_first_dose,
            systolic_mmhg=seen.systolic_mmhg,
            diastolic_mmhg=seen.diastolic_mmhg,
            heart_rate_bpm=seen.heart_rate_bpm,
            respiratory_rate_bpm=seen.respiratory_rate_bpm,
            spo2_percent=seen.spo2_percent,
            moaas=seen.moaas,
            cadss6=seen.cadss6,
            aldrete_total=None if seen.aldrete is None else seen.aldrete.total,
            distress=seen.distress,
            orientation=seen.orientation,
            gait_steady=seen.gait_steady,
            nausea=seen.nausea,
            temperature_c=seen.temperature_c,
            symptoms=seen.symptoms,
            side_effects=None if seen.side_effects is None else dict(seen.side_effects),
            oximetry_continuous=seen.oximetry_continuous,
            baseline=None if seen.baseline is None else BaselineView.of(seen.baseline),
            device_id=taken.device_id,
            late_minutes=int(taken.late_by.total_seconds() // 60),
            version=taken.version,
        )


class ObservationList(Answer):
    """All observations of a session, oldest first."""

    items: list[ObservationView]
