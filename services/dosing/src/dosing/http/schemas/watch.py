"""Adverse events, REMS, exposure and misuse signals, as taken and answered."""

from typing import Annotated, Any, Literal
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Codes, ExactDecimal, Instant, Route
from pydantic import Field, StringConstraints

from dosing.domain.adverse_event import AdverseEvent, Grade, Outcome, Seriousness
from dosing.domain.exposure import History, PastDose
from dosing.domain.misuse import MisuseSignal, ReviewOutcome
from dosing.domain.rems_form import Attested
from dosing.store.rems import Enrolment, Form, Submission

Text = Annotated[str, StringConstraints(min_length=3, max_length=4000, strip_whitespace=True)]
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$")]


class AdverseEventBody(Body):
    """What is known of an adverse event."""

    adverse_event_id: UUID | None = Field(default=None, description="for a further version of it")
    code: Code
    grade: Grade
    seriousness: Annotated[list[Seriousness], Field(max_length=6, default_factory=list)]
    narrative: Text
    outcome: Outcome
    onset_at: Instant
    resolved_at: Instant | None = None
    reported_at: Instant | None = None
    report_reference: Reference | None = None


class AdverseEventView(Answer):
    """The newest version of an adverse event."""

    adverse_event_id: UUID
    version: int
    session_id: UUID | None
    patient_id: UUID
    code: Code
    grade: Grade
    serious: bool
    seriousness: Codes
    narrative: str
    outcome: Outcome
    onset_at: Instant
    resolved_at: Instant | None
    report_due_at: Instant | None
    reported_at: Instant | None
    report_reference: str | None
    recorded_by: UUID
    recorded_at: Instant

    @classmethod
    def of(cls, one: AdverseEvent) -> "AdverseEventView":
        """The view of an adverse event."""
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class AdverseEventList(Answer):
    """Adverse events, each in its newest version."""

    items: list[AdverseEventView]


class EnrolmentBody(Body):
    """A patient or a site joins the SPRAVATO REMS, or leaves it."""

    subject_kind: Literal["patient", "site"]
    subject_id: UUID
    status: Literal["enrolled", "ended"]
    reference: Reference


class EnrolmentView(Answer):
    """An enrolment as recorded."""

    id: UUID
    subject_kind: Literal["patient", "site"]
    subject_id: UUID
    status: Literal["enrolled", "ended"]
    reference: str
    recorded_by: UUID
    recorded_at: Instant

    @classmethod
    def of(cls, one: Enrolment) -> "EnrolmentView":
        """The view of an enrolment."""
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class FormBody(Body):
    """What the record does not hold."""

    takes_benzodiazepine: bool
    takes_sedative_hypnotic: bool
    takes_opioid: bool
    takes_psychostimulant: bool
    takes_maoi: bool

    def attested(self) -> Attested:
        """As the domain holds it."""
        return Attested(**self.model_dump())


class FormView(Answer):
    """A version of a monitoring form. Name, birth date and telephone are added on submission."""

    id: UUID
    session_id: UUID
    version: int
    form_version: str
    content: dict[str, Any]
    due_at: Instant
    filled_by: UUID
    filled_at: Instant

    @classmethod
    def of(cls, one: Form) -> "FormView":
        """The view of a form."""
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class SubmissionBody(Body):
    """How a form was sent, and what the programme answered."""

    channel: Literal["online", "fax"]
    reference: Reference


class SubmissionView(Answer):
    """A form was sent to the programme."""

    form_id: UUID
    channel: str
    reference: str
    submitted_by: UUID
    submitted_at: Instant

    @classmethod
    def of(cls, one: Submission) -> "SubmissionView":
        """The view of a submission."""
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class RemsView(Answer):
    """A session's form in all its versions, and whether it was sent."""

    forms: list[FormView]
    submission: SubmissionView | None


class PastDoseView(Answer):
    """One dose that was given."""

    session_id: UUID
    route: Route
    amount_mg: ExactDecimal
    given_at: Instant
    tolerated: bool

    @classmethod
    def of(cls, one: PastDose) -> "PastDoseView":
        """The view of a dose."""
        names = [name for name in cls.model_fields if name != "route"]
        return cls(**{name: getattr(one, name) for name in names}, route=Route(one.route))


class ExposureView(Answer):
    """What a patient was given over time, in the whole network."""

    patient_id: UUID
    sessions_total: int
    cumulative_mg: ExactDecimal
    reviewed_at: Instant | None = Field(description="when a prescriber last reviewed the need")
    doses: list[PastDoseView]

    @classmethod
    def of(cls, patient_id: UUID, history: History) -> "ExposureView":
        """The view of a history."""
        return cls(
            patient_id=patient_id,
            sessions_total=history.sessions_since(None),
            cumulative_mg=history.total_mg,
            reviewed_at=history.reviewed_at,
            doses=[PastDoseView.of(one) for one in history.doses],
        )


class SignalBody(Body):
    """Somebody noticed something: about a patient, or about a member of staff."""

    patient_id: UUID | None = None
    staff_id: UUID | None = None
    code: Code
    note: Text


class SignalView(Answer):
    """A signal that a person reviews; `outcome` is null until somebody did."""

    id: UUID
    patient_id: UUID | None
    staff_id: UUID | None
    code: Code
    reasons: dict[str, Any]
    raised_by: UUID | None
    raised_at: Instant
    outcome: ReviewOutcome | None

    @classmethod
    def of(cls, one: MisuseSignal, outcome: str | None) -> "SignalView":
        """The view of a signal."""
        names = [name for name in cls.model_fields if name != "outcome"]
        return cls(
            **{name: getattr(one, name) for name in names},
            outcome=None if outcome is None else ReviewOutcome(outcome),
        )


class SignalList(Answer):
    """Signals, the newest first."""

    items: list[SignalView]


class SignalReviewBody(Body):
    """What the person who looked concluded."""

    outcome: ReviewOutcome
    note: Text
