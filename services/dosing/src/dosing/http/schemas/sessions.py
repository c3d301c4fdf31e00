"""Sessions, as answered, and what ends them."""

from typing import Annotated, Literal
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Codes, ExactDecimal, Instant, Route
from pydantic import Field, StringConstraints

from dosing.domain.clearance import Projected
from dosing.domain.discharge import IdDocument, Leaving
from dosing.domain.monitoring import DueObservation, DueState
from dosing.domain.overrides import Arrangement
from dosing.domain.session import Move, Session, State
from dosing.http.schemas.orders import OrderView
from dosing.use_cases.abort_session import AbortReason
from dosing.use_cases.record_departure import DepartureReason


class SessionSummary(Answer):
    """One patient's visit for a dose, as a list shows it."""

    id: UUID
    visit_id: UUID
    patient_id: UUID
    site_id: UUID
    route: Route
    protocol: Code
    protocol_version: str
    state: State
    opened_at: Instant
    first_dose_at: Instant | None
    last_dose_at: Instant | None
    version: int

    @classmethod
    def of(cls, session: Session) -> "SessionSummary":
        """The view of a session."""
        return cls(
            id=session.id,
            visit_id=session.visit_id,
            patient_id=session.patient_id,
            site_id=session.site_id,
            route=Route(session.route),
            protocol=session.protocol_code,
            protocol_version=session.protocol_version,
            state=session.state,
            opened_at=session.opened_at,
            first_dose_at=session.first_dose_at,
            last_dose_at=session.last_dose_at,
            version=session.version,
        )


class SessionPage(Answer):
    """Sessions of a site, the newest first."""

    items: list[SessionSummary]
    next_cursor: str | None


class MoveView(Answer):
    """One step of a session; `by` is null where another service's event caused it."""

    seq: int
    before: State | None
    after: State
    by: UUID | None
    cause: Code
    at: Instant

    @classmethod
    def of(cls, move: Move) -> "MoveView":
        """The view of a move."""
        return cls(
            seq=move.seq,
            before=move.before,
            after=move.after,
            by=move.by,
            cause=move.cause,
            at=move.at,
        )


class DueView(Answer):
    """One place of the monitoring schedule; minute 0 is the baseline before the dose."""

    minute: int
    due_at: Instant | None
    state: DueState
    observation_id: UUID | None

    @classmethod
    def of(cls, due: DueObservation) -> "DueView":
        """The view of a due observation."""
        return cls(
            minute=due.minute,
            due_at=due.due_at,
            state=due.state,
            observation_id=due.observation_id,
        )


class ClearanceView(Answer):
    """What is known here of the clearance. Intake itself is asked at administration."""

    version: int = Field(description="0: never announced")
    changed_at: Instant | None
    cleared: bool
    reasons: Codes
    extra_monitoring: Codes = Field(
        description="what intake asks to be watched beyond the protocol, and says of the age"
    )

    @classmethod
    def of(cls, known: Projected, *, cleared: bool) -> "ClearanceView":
        """The view of a projected clearance."""
        reasons = () if known.route is None else known.route.reasons
        return cls(
            version=known.version,
            changed_at=known.changed_at,
            cleared=cleared,
            reasons=reasons,
            extra_monitoring=tuple(sorted(known.extra_monitoring)),
        )


class SessionView(SessionSummary):
    """A session with everything its team needs on one screen."""

    minutes_since_first_dose: int | None
    order: OrderView | None
    schedule: list[DueView]
    held_mg: ExactDecimal = Field(description="drawn, and neither given, wasted nor returned")
    clearance: ClearanceView
    pre_dose_systolic_limit_mmhg: int = Field(
        description="up to this a dose needs no hold; higher for patients known to be over 65"
    )
    safety_concern_open: bool
    monitor_id: UUID | None = Field(description="who watches now; null before the first dose")
    drug_stopped: bool = Field(description="no more drug is given in this session")
    alerts_open: int = Field(description="alerts that nobody has acknowledged")
    moves: list[MoveView]


class EscortBody(Body):
    """Who takes the patient home. Names and numbers are not kept."""

    present: bool
    id_document: IdDocument | None


class OverrideBody(Body):
    """A criterion that does not hold, and a prescriber's reason to discharge all the same."""

    criterion: Code
    reason: Annotated[str, StringConstraints(min_length=3, max_length=500, strip_whitespace=True)]
    arrangement: Arrangement | None = Field(
        default=None, description="how the patient gets home, where the escort is missing"
    )


class DischargeBody(Body):
    """What the signing clinician attests at the door."""

    escort: EscortBody
    instructions_given: bool
    crisis_number_given: bool
    no_driving_agreed: bool
    new_suicidal_ideation: bool = Field(description="C-SSRS since last contact, questions 3 to 6")

    overrides: Annotated[list[OverrideBody], Field(max_length=20, default_factory=list)]
    language: Literal["en", "es"] = Field(default="en", description="of the instructions given")

    def leaving(self) -> Leaving:
        """As the domain holds it."""
        return Leaving(
            escort_present=self.escort.present,
            escort_id=self.escort.id_document,
            instructions_given=self.instructions_given,
            crisis_number_given=self.crisis_number_given,
            no_driving_agreed=self.no_driving_agreed,
            new_suicidal_ideation=self.new_suicidal_ideation,
        )


class DepartureBody(Body):
    """A patient leaves against advice: what was done to keep them safe."""

    reason: DepartureReason
    risks_explained: bool
    keys_kept: bool = Field(description="car keys were handed over, or there are none")
    escort_called: bool
    escort: EscortBody
    instructions_given: bool
    crisis_number_given: bool
    no_driving_agreed: bool
    new_suicidal_ideation: bool

    def leaving(self) -> Leaving:
        """As the domain holds it."""
        return Leaving(
            escort_present=self.escort.present,
            escort_id=self.escort.id_document,
            instructions_given=self.instructions_given,
            crisis_number_given=self.crisis_number_given,
            no_driving_agreed=self.no_driving_agreed,
            new_suicidal_ideation=self.new_suicidal_ideation,
        )


class TransferBody(Body):
    """A dosed patient is handed over to a hospital."""

    cause: Code


class AbortBody(Body):
    """Why no dose will be given."""

    reason: AbortReason


StateName = Literal[
    "checked_in",
    "ready",
    "dosing",
    "monitoring",
    "dischargeable",
    "discharged",
    "aborted",
    "transferred",
    "left_against_advice",
]
