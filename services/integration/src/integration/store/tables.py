"""The tables of this service; psychotherapy notes have a schema and a module of their own."""

from typing import Any

from kairos_chassis.words import Words, WordsJson, WordsList
from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.schema import SchemaItem

metadata = MetaData()


def _uuid(name: str, *rest: Any, null: bool = False, **more: Any) -> Column[Any]:
    return Column(name, Uuid, *rest, nullable=null, **more)


def _text(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, Text, nullable=null)


def _words(name: str, *, null: bool = False) -> Column[Any]:
    """What somebody typed about the row's patient."""
    return Column(name, Words, nullable=null)


def _texts(name: str) -> Column[Any]:
    return Column(name, ARRAY(Text), nullable=False)


def _list_of_words(name: str) -> Column[Any]:
    return Column(name, WordsList, nullable=False)


def _int(name: str, *, null: bool = False, **more: Any) -> Column[Any]:
    return Column(name, Integer, nullable=null, **more)


def _at(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=null)


def _of_patient(name: str, *columns: SchemaItem) -> Table:
    """A table whose rows have an id, a network and a patient."""
    identity = Column("id", Uuid, primary_key=True)
    return Table(name, metadata, identity, _uuid("network_id"), _uuid("patient_id"), *columns)


episode = _of_patient(
    "episode",
    _uuid("session_id", unique=True),
    _text("route"),
    _at("opened_at"),
    _at("due_at"),
    _at("closed_at", null=True),
    _text("outcome", null=True),
    _uuid("therapy_session_id", null=True),
    _int("version"),
    _uuid("site_id", null=True),
    _int("misses", server_default="0"),
)
therapy_session = _of_patient(
    "therapy_session",
    _uuid("episode_id", ForeignKey("episode.id"), null=True),
    _text("kind"),
    _uuid("practitioner_id"),
    _at("started_at"),
    _at("ended_at"),
    _list_of_words("themes"),
    _list_of_words("insights"),
    _list_of_words("commitments"),
    _at("recorded_at"),
    _text("modality", null=True),
    Column("co_therapists", ARRAY(Uuid), nullable=False, server_default="{}"),
    Column("record", WordsJson, nullable=False, server_default="{}"),
)
therapy_draft = _of_patient(
    "therapy_draft",
    _uuid("episode_id", ForeignKey("episode.id"), null=True),
    _text("kind"),
    _text("modality"),
    _uuid("author_id"),
    Column("co_therapists", ARRAY(Uuid), nullable=False),
    _at("started_at"),
    _at("ended_at", null=True),
    Column("record", WordsJson, nullable=False),
    _uuid("saved_by"),
    _at("saved_at"),
    _text("state"),
    _uuid("therapy_session_id", ForeignKey("therapy_session.id"), null=True),
    _int("version"),
)
therapy_draft_version = _of_patient(
    "therapy_draft_version",
    _uuid("draft_id", ForeignKey("therapy_draft.id")),
    _int("number"),
    Column("record", WordsJson, nullable=False),
    _uuid("saved_by"),
    _at("saved_at"),
    UniqueConstraint("draft_id", "number"),
)
therapy_addendum = _of_patient(
    "therapy_addendum",
    _uuid("therapy_session_id", ForeignKey("therapy_session.id")),
    _text("kind"),
    _words("words"),
    _uuid("author_id"),
    _at("added_at"),
)
therapy_cosignature = _of_patient(
    "therapy_cosignature",
    _uuid("therapy_session_id", ForeignKey("therapy_session.id")),
    _uuid("practitioner_id"),
    _at("signed_at"),
    UniqueConstraint("therapy_session_id", "practitioner_id"),
)
commitment = _of_patient(
    "commitment",
    _uuid("therapy_session_id", ForeignKey("therapy_session.id"), null=True),
    _text("practice", null=True),
    _words("behaviour"),
    _words("planned", null=True),
    _words("barriers", null=True),
    _int("confidence"),
    _int("times_per_week", null=True),
    _at("remind_at", null=True),
    _text("remind_zone"),
    _at("reminded_at", null=True),
    _text("state"),
    _at("made_at"),
    _int("version"),
)
commitment_check = _of_patient(
    "commitment_check",
    _uuid("commitment_id", ForeignKey("commitment.id")),
    _int("done"),
    _int("planned"),
    _int("confidence", null=True),
    _uuid("noted_by"),
    _at("noted_at"),
)
# A visit in scheduling, as far as integration needs to know of it.
planned_visit = _of_patient(
    "planned_visit",
    _uuid("site_id"),
    _text("visit_type"),
    _at("starts_at"),
    _text("state"),
)
dose = _of_patient(
    "dose",
    _uuid("session_id"),
    _uuid("site_id"),
    _text("route"),
    Column("amount_mg", Numeric, nullable=False),
    _at("administered_at"),
    Column("mg_per_kg", Numeric),
)
safety_call = _of_patient(
    "safety_call",
    _uuid("session_id"),
    _text("occasion"),
    _at("due_at"),
    _int("tries"),
    _at("completed_at", null=True),
    _text("outcome", null=True),
    _uuid("completed_by", null=True),
    _int("version"),
    UniqueConstraint("session_id", "occasion"),
)
red_flag = _of_patient(
    "red_flag",
    _text("kind"),
    _text("severity"),
    _text("origin"),
    _uuid("raised_by", null=True),
    _at("raised_at"),
    _at("announced_at", null=True),
    _int("version"),
)
task = _of_patient(
    "task",
    _text("kind"),
    _uuid("subject_id", null=True),
    _words("words", null=True),
    _text("role"),
    _at("due_at"),
    _int("level"),
    _at("opened_at"),
    _uuid("opened_by", null=True),
    _text("state"),
    _at("ended_at", null=True),
    _uuid("ended_by", null=True),
    _int("version"),
)
journal_key = _of_patient(
    "journal_key",
    _text("sealed_by"),
    Column("sealed_key", LargeBinary, nullable=False),
    _at("made_at"),
    UniqueConstraint("network_id", "patient_id"),
)
journal_choice = _of_patient(
    "journal_choice",
    _text("notice_version"),
    Column("screened", Boolean, nullable=False),
    _at("chosen_at"),
)
journal_entry = _of_patient(
    "journal_entry",
    Column("sealed", LargeBinary),
    _text("audience"),
    _at("written_at"),
    _at("shared_at", null=True),
    _at("removed_at", null=True),
    _int("version"),
)
measure = _of_patient(
    "measure",
    _text("instrument"),
    _text("occasion"),
    _uuid("anchor_id"),
    _at("due_at"),
    _at("announced_at", null=True),
    _text("state"),
    _uuid("met_by", null=True),
    _int("version"),
    UniqueConstraint("patient_id", "instrument", "occasion", "anchor_id"),
)
outcome = _of_patient(
    "outcome",
    _uuid("assessment_id", unique=True),
    _uuid("baseline_assessment_id", null=True),
    _text("instrument"),
    Column("score", Numeric, nullable=False),
    Column("change_percent", Numeric),
    Column("reliable_change", Numeric),
    _texts("classes"),
    Column("recall_overlaps_dose", Boolean, nullable=False),
    _at("completed_at"),
    _text("policy_version"),
)
care_plan = _of_patient(
    "care_plan",
    _text("kind"),
    _int("number"),
    _text("indication", null=True),
    _text("zone"),
    Column("plan", WordsJson, nullable=False),
    _uuid("author_id"),
    _at("made_at"),
    UniqueConstraint("patient_id", "kind", "number"),
)
course_end = _of_patient("course_end", _at("ended_at"), _uuid("noted_by"), _at("noted_at"))
team_message = _of_patient(
    "team_message",
    _uuid("author_id"),
    _uuid("answers", ForeignKey("team_message.id"), null=True),
    _words("words"),
    _at("sent_at"),
)
# Which records are one person's, as intake says; nothing moves from one to the other.
same_person = Table(
    "same_person",
    metadata,
    _uuid("network_id"),
    _uuid("surviving_patient_id", primary_key=True),
    _uuid("merged_patient_id", primary_key=True),
    _at("merged_at"),
    _at("parted_at", null=True),
)
# Figures of groups, as they were first shown.
cohort_figure = Table(
    "cohort_figure",
    metadata,
    _uuid("id", primary_key=True),
    _uuid("network_id"),
    _text("instrument"),
    _text("dimension"),
    _text("quarter"),
    _text("policy_version"),
    Column("cells", JSONB, nullable=False),
    _at("made_at"),
    UniqueConstraint("network_id", "instrument", "dimension", "quarter"),
)
