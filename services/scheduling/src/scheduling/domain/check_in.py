"""The gates before a visit begins."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from scheduling.domain.clearance import Clearance
from scheduling.domain.site import Site
from scheduling.domain.visit import Visit, VisitState


class Fasting(StrEnum):
    """What the patient answered about food and drink before the visit."""

    KEPT = "kept"
    NOT_KEPT = "not_kept"


class Screen(StrEnum):
    """What the suicide-risk screen since the last visit said."""

    CLEAR = "clear"
    POSITIVE = "positive"


class Gate(StrEnum):
    """What keeps a patient from being checked in."""

    VISIT_HELD = "visit_held"
    TOO_EARLY = "too_early"
    VISIT_OVER = "visit_over"
    NOT_ITS_DAY = "not_its_day"
    TOO_LATE = "too_late"
    NOT_CLEARED = "not_cleared"
    ESCORT_NOT_CONFIRMED = "escort_not_confirmed"
    FASTING_NOT_ANSWERED = "fasting_not_answered"
    FASTING_NOT_KEPT = "fasting_not_kept"
    SCREEN_NOT_DONE = "screen_not_done"
    SCREEN_POSITIVE = "screen_positive"
    CONSENT_NOT_REAFFIRMED = "consent_not_reaffirmed"
    CREDENTIAL_NOT_VALID = "credential_not_valid"
    PATIENT_MERGED = "patient_merged"  # the record has become part of another one


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What is known of the patient who stands at the desk."""

    at: datetime
    escort_confirmed: bool
    fasting: Fasting | None
    screen: Screen | None = None  # None where it was not done
    consent_reaffirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInPolicy:
    """What has to be true before a patient is checked in; policy data."""

    version: str
    earliest_minutes_before_start: int
    escort_routes: frozenset[str]
    fasting_answer_routes: frozenset[str]
    fasting_kept_routes: frozenset[str]
    screen_routes: frozenset[str]
    consent_routes: frozenset[str]

    def closed_gates(
        self,
        visit: Visit,
        arrival: Arrival,
        *,
        site: Site,
        clearance: Clearance | None,
        latest: datetime,
    ) -> list[Gate]:
        """Every gate that is shut, so that the desk hears all of them at once.

        After `latest` the watch after a dose no longer fits before the visit's end.
        """
        gates = self._time_gates(visit, arrival.at, site)
        if not gates and visit.route is not None and arrival.at > latest:
            gates.append(Gate.TOO_LATE)
        if visit.state is VisitState.HELD:
            gates.insert(0, Gate.VISIT_HELD)
        if visit.route is not None:
            gates += self._dosing_gates(visit.route, arrival, clearance)
        return gates

    def _time_gates(self, visit: Visit, at: datetime, site: Site) -> list[Gate]:
        if site.local_day(at) != visit.local_on:
            return [Gate.NOT_ITS_DAY]
        if at >= visit.ends_at:  # room and team are no longer there for it
            return [Gate.VISIT_OVER]
        earliest = visit.starts_at - timedelta(minutes=self.earliest_minutes_before_start)
        return [Gate.TOO_EARLY] if at < earliest else []

    def _dosing_gates(
        self, route: str, arrival: Arrival, clearance: Clearance | None
    ) -> list[Gate]:
        gates: list[Gate] = []
        if clearance is None or clearance.refusals(route, at=arrival.at):
            gates.append(Gate.NOT_CLEARED)
        if route in self.escort_routes and not arrival.escort_confirmed:
            gates.append(Gate.ESCORT_NOT_CONFIRMED)
        if route in self.fasting_answer_routes and arrival.fasting is None:
            gates.append(Gate.FASTING_NOT_ANSWERED)
        if route in self.fasting_kept_routes and arrival.fasting is Fasting.NOT_KEPT:
            gates.append(Gate.FASTING_NOT_KEPT)
        if route in self.screen_routes and arrival.screen is not Screen.CLEAR:
            positive = arrival.screen is Screen.POSITIVE
            gates.append(Gate.SCREEN_POSITIVE if positive else Gate.SCREEN_NOT_DONE)
        if route in self.consent_routes and not arrival.consent_reaffirmed:
            gates.append(Gate.CONSENT_NOT_REAFFIRMED)
        return gates
