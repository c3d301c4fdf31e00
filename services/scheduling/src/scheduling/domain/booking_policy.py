"""How visits are held, watched, cancelled and overbooked: policy data."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduling.domain.change_errors import OverbookingRefused, UnknownReason


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingPolicy:
    """One version of the policy. Minutes and hours are whole."""

    version: str
    hold_minutes: int
    hold_most_minutes: int
    patients_per_monitor: int
    first_dose_one_to_one: bool
    frees_lost_slots: bool  # whether a visit whose clearance is lost gives its slot away
    late_hours: int
    cancel_reasons: frozenset[str]
    no_show_minutes: int
    overbook_visit_types: frozenset[str]
    overbook_resources: frozenset[str]
    overbook_reasons: frozenset[str]

    def check_cancel_reason(self, reason: str) -> None:
        """Raises UnknownReason."""
        if reason not in self.cancel_reasons:
            raise UnknownReason(sorted(self.cancel_reasons))

    def is_late(self, *, starts_at: datetime, at: datetime) -> bool:
        """Whether a cancellation at that moment comes too late to fill the slot."""
        return at > starts_at - timedelta(hours=self.late_hours)

    def missing_from(self, starts_at: datetime) -> datetime:
        """From when on a patient who has not come counts as missing."""
        return starts_at + timedelta(minutes=self.no_show_minutes)

    def check_overbooking(self, visit_type: str, reason: str, taken: frozenset[str]) -> None:
        """Whether a visit may be put over what is taken. Raises OverbookingRefused."""
        rules = []
        if visit_type not in self.overbook_visit_types:
            rules.append("visit_type")
        if reason not in self.overbook_reasons:
            rules.append("reason")
        rules += sorted(taken - self.overbook_resources)
        if rules:
            raise OverbookingRefused(rules)
