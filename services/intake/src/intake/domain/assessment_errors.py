"""What is refused about instruments, their scores and self-service, beside `errors`."""

from collections.abc import Sequence

from kairos_chassis.errors import Kind


class ProratingNotOffered(Exception):
    """Nothing is missing, or the instrument has no rule to make up for missing answers."""

    slug = "prorating_not_offered"
    kind = Kind.CONFLICT


class ScoresNotTaken(Exception):
    """The items of this instrument are asked here: start an assessment and answer them."""

    slug = "scores_not_taken"
    kind = Kind.INVALID


class ScoresDoNotFit(Exception):
    """A score is none of the instrument's, out of its range, or the total is missing."""

    slug = "scores_do_not_fit"
    kind = Kind.INVALID

    def __init__(self, offered: Sequence[str]) -> None:
        super().__init__()
        self.members = {"offered": list(offered)}


class AssessmentNotCompleted(Exception):
    """Only a completed assessment can be scored anew."""

    slug = "assessment_not_completed"
    kind = Kind.CONFLICT


class AssessmentUnanswered(Exception):
    """This assessment holds totals without answers: there is nothing to score anew."""

    slug = "assessment_unanswered"
    kind = Kind.CONFLICT


class SafetyItemsMissing(Exception):
    """Enter the answers to the items about safety beside the total."""

    slug = "safety_items_missing"
    kind = Kind.INVALID

    def __init__(self, items: Sequence[str]) -> None:
        super().__init__()
        self.members = {"items": list(items)}
