"""What intake last said about whether a patient may be dosed: a projection."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scheduling.domain.rule_errors import NotCleared

NO_CLEARANCE = "no_clearance"
CLEARANCE_EXPIRES = "clearance_expires_before_visit"


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteClearance:
    """The state of one route."""

    cleared: bool
    reasons: tuple[str, ...]  # why it is not, as codes
    expires_at: datetime | None  # from when on it no longer holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance:
    """One version of a patient's clearance, all routes. A route not named is not cleared."""

    patient_id: UUID
    version: int
    changed_at: datetime
    routes: Mapping[str, RouteClearance]

    def refusals(self, route: str, *, at: datetime) -> tuple[str, ...]:
        """Why the patient is not cleared for this route at that instant; empty if they are."""
        known = self.routes.get(route)
        if known is None or not known.cleared:
            return (known.reasons if known is not None else ()) or (NO_CLEARANCE,)
        expired = known.expires_at is not None and at >= known.expires_at
        return (CLEARANCE_EXPIRES,) if expired else ()


def require(clearance: Clearance | None, patient_id: UUID, route: str, *, at: datetime) -> None:
    """Let a dosing visit pass. Raises NotCleared; nothing known is never a pass."""
    if clearance is None:
        raise NotCleared([NO_CLEARANCE], patient_id, None, None)
    if refusals := clearance.refusals(route, at=at):
        raise NotCleared(refusals, patient_id, clearance.version, clearance.changed_at)
