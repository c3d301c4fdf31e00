"""Figures and codes a network decides on. They come from a data file, with their sources there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from intake.domain.concern import Origin, Release, Severity
from intake.domain.errors import UnknownReason
from intake.domain.escalation import Escalation


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """What a sign of danger seen by another service raises here."""

    origin: Origin
    code: str  # as the other service names it; `any` for every one
    graded: str  # as the other service grades it; `any` for every grade
    severity: Severity
    release: Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of a network's policy."""

    version: str
    confirmation_valid_seconds: int
    decision_valid_days: int
    comprehension_percent: int
    consent_valid_months: int
    acknowledgement_reasons: tuple[str, ...]
    clearing_reasons: tuple[str, ...]
    attestation_reasons: tuple[str, ...]
    revocation_reasons: tuple[str, ...]
    duplicate_percent: int
    link_valid_hours: int
    link_longest_hours: int
    retention_years: int
    merge_reasons: tuple[str, ...]
    unmerge_reasons: tuple[str, ...]
    referral_reasons: tuple[str, ...]
    settlement_reasons: tuple[str, ...]
    hold_reasons: tuple[str, ...]
    duplicate_reasons: tuple[str, ...]
    outside_review_reasons: tuple[str, ...]
    crisis_text: Mapping[str, str]  # per language
    escalations: tuple[Escalation, ...]
    signals: tuple[Signal, ...]

    def signal(self, origin: Origin, code: str, graded: str) -> Signal | None:
        """What a sign raises; None for one that the policy does not name."""
        for one in self.signals:
            if one.origin is origin and one.code in ("any", code) and one.graded in ("any", graded):
                return one
        return None

    def decision_ends(self, decided_at: datetime) -> datetime:
        """From when on a decision no longer holds."""
        return decided_at + timedelta(days=self.decision_valid_days)

    def consent_ends(self, signed_at: datetime) -> datetime:
        """From when on a consent no longer holds: so many calendar months later, UTC."""
        months = signed_at.month - 1 + self.consent_valid_months
        year, month = signed_at.year + months // 12, months % 12 + 1
        day = signed_at.day
        while True:  # 31 August plus six months is the last of February
            try:
                return signed_at.replace(year=year, month=month, day=day)
            except ValueError:
                day -= 1


def demand_reason(reason: str, offered: tuple[str, ...]) -> None:
    """Raises UnknownReason."""
    if reason not in offered:
        raise UnknownReason(offered)
