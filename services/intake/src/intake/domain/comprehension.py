"""The comprehension check of a consent: questions with one right answer each, scored here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from intake.domain.consent_errors import ComprehensionTooLow, ImpossibleComprehension

Answers = Mapping[str, str]  # the option chosen, by question


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer on offer, per language."""

    code: str
    text: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. What is right stands in the element of the document that it names."""

    code: str
    element: str
    source: str
    text: Mapping[str, str]  # per language
    options: tuple[Choice, ...]
    correct: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comprehension:
    """How a check went."""

    asked: int
    wrong: tuple[str, ...]  # questions
    unfit: tuple[str, ...]  # not answered, not asked, or answered with what is not on offer

    @property
    def correct(self) -> int:
        """How many answers are right."""
        return self.asked - len(self.wrong)

    def check(self, percent: int) -> None:
        """Raises ImpossibleComprehension, ComprehensionTooLow."""
        if self.unfit or not self.asked:
            raise ImpossibleComprehension(self.unfit)
        if self.correct * 100 < percent * self.asked:
            raise ComprehensionTooLow(self.wrong)


def comprehended(questions: Sequence[Question], answers: Answers) -> Comprehension:
    """How the check went; an answer that is missing is wrong as well as unfit."""
    known = {one.code: one for one in questions}
    wrong = [one.code for one in questions if answers.get(one.code) != one.correct]
    unfit = {
        code
        for code in {*known, *answers}
        if code not in known or answers.get(code) not in {o.code for o in known[code].options}
    }
    return Comprehension(asked=len(questions), wrong=tuple(wrong), unfit=tuple(sorted(unfit)))
