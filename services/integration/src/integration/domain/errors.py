"""What this service refuses, each with a slug and a kind."""

from kairos_chassis.errors import Kind


class EpisodeNotFound(Exception):
    """There is no such episode."""

    slug = "episode_not_found"
    kind = Kind.NOT_FOUND


class TherapySessionNotFound(Exception):
    """There is no such therapy session."""

    slug = "therapy_session_not_found"
    kind = Kind.NOT_FOUND


class EpisodeClosed(Exception):
    """The episode is closed; open work belongs to another one."""

    slug = "episode_closed"
    kind = Kind.CONFLICT


class NotYetMissed(Exception):
    """Integration is not due yet, so it cannot have been missed. Arrange it."""

    slug = "not_yet_missed"
    kind = Kind.REFUSED


class OtherPatientsEpisode(Exception):
    """The episode belongs to another patient."""

    slug = "other_patients_episode"
    kind = Kind.CONFLICT


class NotIntegrationWork(Exception):
    """Only an integration session, individual or group, completes an episode."""

    slug = "not_integration_work"
    kind = Kind.CONFLICT


class ImpossibleTimes(Exception):
    """A session ends after it starts, and is recorded after it ended."""

    slug = "impossible_times"
    kind = Kind.INVALID


class BeforeTheDose(Exception):
    """Integration work follows the dosing session of its episode."""

    slug = "before_the_dose"
    kind = Kind.CONFLICT


class TaskNotFound(Exception):
    """There is no such task."""

    slug = "task_not_found"
    kind = Kind.NOT_FOUND


class TaskEnded(Exception):
    """The task has ended; open another one."""

    slug = "task_ended"
    kind = Kind.CONFLICT


class SafetyCallNotFound(Exception):
    """There is no such safety call."""

    slug = "safety_call_not_found"
    kind = Kind.NOT_FOUND


class SafetyCallSettled(Exception):
    """The safety call is settled."""

    slug = "safety_call_settled"
    kind = Kind.CONFLICT


class CallNotDue(Exception):
    """The call is not due yet, so nobody can have been missed."""

    slug = "call_not_due"
    kind = Kind.REFUSED


class TryAgainFirst(Exception):
    """A call is given up only after the tries that policy asks for."""

    slug = "try_again_first"
    kind = Kind.REFUSED


class ConcernNeedsFlag(Exception):
    """A call that gave concern says which sign was seen."""

    slug = "concern_needs_flag"
    kind = Kind.INVALID


class RedFlagNotFound(Exception):
    """There is no such red flag."""

    slug = "red_flag_not_found"
    kind = Kind.NOT_FOUND


class VisitNotFound(Exception):
    """There is no such visit."""

    slug = "visit_not_found"
    kind = Kind.NOT_FOUND


class DoseNotFound(Exception):
    """There is no such dose."""

    slug = "dose_not_found"
    kind = Kind.NOT_FOUND


class DraftNotFound(Exception):
    """There is no such draft."""

    slug = "draft_not_found"
    kind = Kind.NOT_FOUND


class DraftEnded(Exception):
    """The draft is signed or discarded; add an addendum, or begin another."""

    slug = "draft_ended"
    kind = Kind.CONFLICT


class RecordUnfinished(Exception):
    """The record lacks what has to be written before a signature."""

    slug = "record_unfinished"
    kind = Kind.REFUSED

    def __init__(self, missing: list[str]) -> None:
        super().__init__()
        self.members = {"rules": missing}


class UnknownModality(Exception):
    """There is no template for this modality and kind of session."""

    slug = "unknown_modality"
    kind = Kind.INVALID


class NotYourSession(Exception):
    """Only those who led the session may do this."""

    slug = "not_your_session"
    kind = Kind.FORBIDDEN


class SessionLocked(Exception):
    """The record is locked; add an addendum."""

    slug = "session_locked"
    kind = Kind.CONFLICT


class AlreadyCosigned(Exception):
    """You have signed this record."""

    slug = "already_cosigned"
    kind = Kind.CONFLICT


class CommitmentNotFound(Exception):
    """There is no such commitment."""

    slug = "commitment_not_found"
    kind = Kind.NOT_FOUND


class CommitmentEnded(Exception):
    """The commitment is kept or let go; make another one."""

    slug = "commitment_ended"
    kind = Kind.CONFLICT


class NoteNotFound(Exception):
    """There is no such note."""

    slug = "note_not_found"
    kind = Kind.NOT_FOUND


class NoteIdTaken(Exception):
    """This id was used for another note."""

    slug = "note_id_taken"
    kind = Kind.CONFLICT


class SafetyFactsUnanswered(Exception):
    """Say for each of these facts whether it came up."""

    slug = "safety_facts_unanswered"
    kind = Kind.REFUSED

    def __init__(self, facts: list[str]) -> None:
        super().__init__()
        self.members = {"rules": facts}


class SafetyFactNotCharted(Exception):
    """These facts belong in the chart first: enter them there, and name the entry."""

    slug = "safety_fact_not_charted"
    kind = Kind.REFUSED

    def __init__(self, facts: list[str]) -> None:
        super().__init__()
        self.members = {"rules": facts}


class EntryNotFound(Exception):
    """There is no such journal entry."""

    slug = "journal_entry_not_found"
    kind = Kind.NOT_FOUND


class EntryRemoved(Exception):
    """The entry has been removed."""

    slug = "journal_entry_removed"
    kind = Kind.CONFLICT


class NoticeNotRead(Exception):
    """Read the notice first: nobody watches the journal."""

    slug = "journal_notice_not_read"
    kind = Kind.REFUSED


class OtherNotice(Exception):
    """The notice has changed: read it as it is now."""

    slug = "journal_notice_changed"
    kind = Kind.CONFLICT


class ChoiceNotFound(Exception):
    """The patient has made no choice about the journal yet."""

    slug = "journal_choice_not_found"
    kind = Kind.NOT_FOUND


class MeasureNotFound(Exception):
    """There is no such measure."""

    slug = "measure_not_found"
    kind = Kind.NOT_FOUND


class PlanNotFound(Exception):
    """There is no such plan."""

    slug = "care_plan_not_found"
    kind = Kind.NOT_FOUND


class PlanChanged(Exception):
    """Somebody has written a newer version of the plan: read it first."""

    slug = "care_plan_changed"
    kind = Kind.CONFLICT


class MetByScale(Exception):
    """A rating scale is met by filling it in: nobody notes it as done."""

    slug = "measure_met_by_scale"
    kind = Kind.CONFLICT


class CheckTooEarly(Exception):
    """This check is not due yet: one done now does not count for it."""

    slug = "check_too_early"
    kind = Kind.CONFLICT


class MeasureEnded(Exception):
    """This measure has been met or is no longer wanted."""

    slug = "measure_ended"
    kind = Kind.CONFLICT


class NotFollowed(Exception):
    """This rating scale is not followed over time."""

    slug = "scale_not_followed"
    kind = Kind.NOT_FOUND


class MessageNotFound(Exception):
    """There is no such message."""

    slug = "message_not_found"
    kind = Kind.NOT_FOUND


class QuarterNotOver(Exception):
    """Name a quarter that is over, as in 2027-Q1: a running one would change every day."""

    slug = "quarter_not_over"
    kind = Kind.INVALID
