"""How credentials are watched until they lapse: policy data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scheduling.domain.local_time import start_of_day

EVERYWHERE_ZONE = "America/New_York"  # where a card that holds everywhere ends its day first


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialPolicy:
    """One version of the policy."""

    version: str
    kinds: Mapping[str, bool]  # kind to whether it counts in one state only
    alert_days: tuple[int, ...]  # before the last day, falling
    verify_every_days: int
    sources: frozenset[str]  # where a verification may come from
    zones: Mapping[str, str]  # state to the zone by which its licences lapse

    def lapses_at(self, expires_on: date, state: str | None) -> datetime:
        """The midnight, in the issuing state's zone, after the last day."""
        zone = self.zones.get(state or "", EVERYWHERE_ZONE)
        return start_of_day(expires_on + timedelta(days=1), zone)

    def next_alert(
        self, expires_on: date, state: str | None, *, after: datetime
    ) -> tuple[int, datetime] | None:
        """The next alert to come: how many days before the last day, and when. None after all."""
        zone = self.zones.get(state or "", EVERYWHERE_ZONE)
        for days in self.alert_days:
            at = start_of_day(expires_on - timedelta(days=days), zone)
            if at > after:
                return days, at
        return None

    def must_be_verified(self, verified_at: datetime | None, *, at: datetime) -> bool:
        """Whether the last verification is too old, or there is none."""
        if verified_at is None:
            return True
        return at - verified_at > timedelta(days=self.verify_every_days)
