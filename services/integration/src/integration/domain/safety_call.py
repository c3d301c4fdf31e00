"""A call to the patient after a first dose, or where dosing asks for one."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from integration.domain.errors import CallNotDue, SafetyCallSettled, TryAgainFirst


class CallOutcome(StrEnum):
    """What came of it."""

    WELL = "well"
    CONCERN = "concern"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyCall:
    """One call owed, until somebody spoke to the patient or gave up after enough tries."""

    id: UUID
    patient_id: UUID
    session_id: UUID
    occasion: str
    due_at: datetime
    tries: int = 0
    completed_at: datetime | None = None
    outcome: CallOutcome | None = None
    completed_by: UUID | None = None
    version: int = 1

    def attempt(self) -> "SafetyCall":
        """One more try without reaching anybody. Raises SafetyCallSettled."""
        self._open()
        return replace(self, tries=self.tries + 1, version=self.version + 1)

    def settle(
        self, outcome: CallOutcome, *, at: datetime, by: UUID, tries_before_given_up: int
    ) -> "SafetyCall":
        """The call, settled. Raises SafetyCallSettled, CallNotDue, TryAgainFirst.

        A patient who calls by themselves has no concern about the hour: only a call that reached
        nobody must have been due.
        """
        self._open()
        if outcome is CallOutcome.NOT_REACHED:
            if at < self.due_at:
                raise CallNotDue
            if self.tries < tries_before_given_up:
                raise TryAgainFirst
        return replace(
            self, completed_at=at, outcome=outcome, completed_by=by, version=self.version + 1
        )

    def _open(self) -> None:
        if self.completed_at is not None:
            raise SafetyCallSettled
