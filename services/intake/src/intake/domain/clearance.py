"""May this patient be dosed by this route now: eligibility, consent and safety taken together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from intake.domain.errors import NotCleared
from intake.domain.route import ROUTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What the decision in force says about one route."""

    outcome: str
    expires_at: datetime
    extra_monitoring: tuple[str, ...]
    reopened: str | None = None  # by what has become known since: a reason, `decision_held`


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What the consent in force, or the last one that was, says."""

    scopes: tuple[str, ...]
    revoked: bool
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteStatus:
    """Whether one route is cleared, why not if it is not, and until when."""

    route: str
    reasons: tuple[str, ...]  # empty: cleared
    decision_expires_at: datetime | None = None
    consent_expires_at: datetime | None = None
    extra_monitoring: tuple[str, ...] = ()

    @property
    def cleared(self) -> bool:
        """Whether the patient may be dosed by this route."""
        return not self.reasons

    @property
    def expires_at(self) -> datetime | None:
        """From when on a clearance no longer holds; None where there is none."""
        if not self.cleared:
            return None
        ends = [e for e in (self.decision_expires_at, self.consent_expires_at) if e is not None]
        return min(ends) if ends else None

    def at(self, now: datetime) -> "RouteStatus":
        """The status at that instant: what has run out in the meantime no longer counts."""
        if not self.cleared:
            return self
        reasons = []
        if self.decision_expires_at is None or self.decision_expires_at <= now:
            reasons.append("decision_expired")
        if self.consent_expires_at is None or self.consent_expires_at <= now:
            reasons.append("consent_expired")
        return replace(self, reasons=tuple(reasons), extra_monitoring=()) if reasons else self


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance:
    """The state of every route of one patient. Its version grows with every change."""

    patient_id: UUID
    version: int
    changed_at: datetime
    routes: tuple[RouteStatus, ...]

    def of(self, route: str, now: datetime) -> RouteStatus:
        """The status of a route at that instant; a route not named is not cleared."""
        for status in self.routes:
            if status.route == route:
                return status.at(now)
        return RouteStatus(route=route, reasons=("no_decision",))

    @property
    def next_expiry(self) -> datetime | None:
        """When the first route that is cleared no longer is, by the clock alone."""
        ends = [s.expires_at for s in self.routes if s.expires_at is not None]
        return min(ends) if ends else None

    def confirm(self, route: str, *, now: datetime, valid_for: timedelta) -> datetime:
        """Until when a dose may rely on this clearance. Raises NotCleared."""
        status = self.of(route, now)
        ends = status.expires_at
        if ends is None:
            raise NotCleared(status.reasons, self.version)
        return min(now + valid_for, ends)

    def reconsidered(self, routes: tuple[RouteStatus, ...], now: datetime) -> "Clearance":
        """This clearance where nothing changed, else the next version."""
        if routes == self.routes:
            return self
        return replace(self, routes=routes, version=self.version + 1, changed_at=now)


def consent_scope(route: str) -> str:
    """The scope a consent must have for treatment by this route."""
    return f"treatment_{route}"


def derive(
    decisions: Mapping[str, Decided],
    consents: Iterable[Agreed],
    *,
    safety_blocked: bool,
    now: datetime,
    ended: bool = False,
) -> tuple[RouteStatus, ...]:
    """The state of every route from its causes: every one of them has to allow the dose. A record
    that has `ended`, merged into another or erased, is cleared for nothing."""
    if ended:
        return tuple(RouteStatus(route=r, reasons=("record_ended",)) for r in ROUTES)
    agreed = tuple(consents)
    return tuple(_status(r, decisions.get(r), agreed, safety_blocked, now) for r in ROUTES)


def _status(
    route: str,
    decision: Decided | None,
    consents: tuple[Agreed, ...],
    safety_blocked: bool,
    now: datetime,
) -> RouteStatus:
    reasons = [*_decision_reasons(decision, now)]
    consent, consent_reason = _consent(consent_scope(route), consents, now)
    if consent_reason is not None:
        reasons.append(consent_reason)
    if safety_blocked:
        reasons.append("safety_concern")
    if decision is None or consent is None or reasons:
        return RouteStatus(route=route, reasons=tuple(reasons))
    return RouteStatus(
        route=route,
        reasons=(),
        decision_expires_at=decision.expires_at,
        consent_expires_at=consent.expires_at,
        extra_monitoring=decision.extra_monitoring,
    )


def _decision_reasons(decision: Decided | None, now: datetime) -> Iterable[str]:
    if decision is None:
        yield "no_decision"
    elif decision.outcome != "eligible":
        yield decision.outcome
    elif decision.expires_at <= now:
        yield "decision_expired"
    elif decision.reopened is not None:
        yield decision.reopened


def _consent(
    scope: str, consents: tuple[Agreed, ...], now: datetime
) -> tuple[Agreed | None, str | None]:
    asked = [c for c in consents if scope in c.scopes]
    if not asked:
        return None, "no_consent"
    if all(c.revoked for c in asked):
        return None, "consent_revoked"
    current = max((c for c in asked if not c.revoked), key=lambda c: c.expires_at)
    return (None, "consent_expired") if current.expires_at <= now else (current, None)
