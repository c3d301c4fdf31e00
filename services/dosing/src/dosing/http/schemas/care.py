"""Infusions, alerts, handovers, break-glass and notes, as taken and answered."""

from typing import Annotated
from uuid import UUID

from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import Code, Instant
from pydantic import Field, StringConstraints

from dosing.domain.alerts import AlertAction, Severity
from dosing.domain.break_glass import BreakGlass, GlassReason
from dosing.store.alerts import Answered
from dosing.store.monitors import Assignment
from dosing.store.notes import Note
from dosing.use_cases.write_session_note import NoteKind

Text = Annotated[str, StringConstraints(min_length=3, max_length=4000, strip_whitespace=True)]


class AlertView(Answer):
    """An alert, and what was done about it."""

    id: UUID
    session_id: UUID
    patient_id: UUID
    site_id: UUID
    code: Code
    severity: Severity
    stops_drug: bool
    raised_at: Instant
    action: AlertAction | None = Field(description="null until somebody acknowledges it")
    acknowledged_by: UUID | None

    @classmethod
    def of(cls, one: Answered) -> "AlertView":
        """The view of an alert."""
        names = ("id", "session_id", "patient_id", "site_id", "code", "severity", "stops_drug")
        return cls(
            **{name: getattr(one.alert, name) for name in names},
            raised_at=one.alert.raised_at,
            action=one.action,
            acknowledged_by=one.acknowledged_by,
        )


class AlertList(Answer):
    """Alerts."""

    items: list[AlertView]


class AcknowledgeBody(Body):
    """What is done about an alert."""

    action: AlertAction


class HandoverBody(Body):
    """From whom the caller takes over."""

    from_practitioner_id: UUID


class AssignmentView(Answer):
    """Somebody watches from then on."""

    seq: int
    practitioner_id: UUID
    one_to_one: bool = Field(description="a first dose: whoever watches watches nobody else")
    cause: Code
    assigned_at: Instant

    @classmethod
    def of(cls, one: Assignment) -> "AssignmentView":
        """The view of an assignment."""
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class AssignmentList(Answer):
    """Everybody who has watched, in order."""

    items: list[AssignmentView]


class BreakGlassBody(Body):
    """Why the glass should be broken."""

    reason: GlassReason
    explanation: Text


class BreakGlassView(Answer):
    """A decision to break the glass, and how old the clearance is that it rests on."""

    id: UUID
    session_id: UUID
    reason: GlassReason
    asked_by: UUID
    asked_at: Instant
    confirmed_by: UUID | None
    confirmed_at: Instant | None
    clearance_known_as_of: Instant | None

    @classmethod
    def of(cls, one: BreakGlass, known_as_of: Instant | None) -> "BreakGlassView":
        """The view of a decision."""
        names = [name for name in cls.model_fields if name != "clearance_known_as_of"]
        return cls(
            **{name: getattr(one, name) for name in names}, clearance_known_as_of=known_as_of
        )


class BenefitRiskBody(Body):
    """Why the dose is worth it at this reading."""

    observation_id: UUID
    note: Text


class NoteBody(Body):
    """A note of a session. Psychotherapy notes live in integration, apart."""

    kind: NoteKind
    body: Text
    occurred_at: Instant


class NoteView(Answer):
    """What somebody wrote about a session."""

    id: UUID
    kind: NoteKind
    body: str
    written_by: UUID
    occurred_at: Instant
    recorded_at: Instant

    @classmethod
    def of(cls, one: Note) -> "NoteView":
        """The view of a note."""
        names = [name for name in cls.model_fields if name != "kind"]
        return cls(**{name: getattr(one, name) for name in names}, kind=NoteKind(one.kind))


class NoteList(Answer):
    """A session's notes, as they happened."""

    items: list[NoteView]


class Kept(Answer):
    """It is kept."""

    id: UUID
