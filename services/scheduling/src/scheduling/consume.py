"""Public events of others, turned into this service's own use cases."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.handlers import Handlers
from kairos_events.envelope import Envelope
from kairos_events.fields import Codes, Instant, Route, Version
from kairos_events.model import Reader, ReaderModel

from scheduling.domain.clearance import Clearance, RouteClearance
from scheduling.use_cases.apply_clearance import apply_clearance
from scheduling.use_cases.note_dose import NoteDose, note_dose

handlers = Handlers("scheduling")


class RouteState(ReaderModel):
    """Whether one route is cleared, why not, and until when."""

    route: Route
    cleared: bool
    reasons: Codes
    expires_at: Instant | None


class ClearanceChanged(Reader, type="intake.clearance_changed.v1"):
    """Whether a patient may be dosed has changed; every route is named."""

    patient_id: UUID
    clearance_version: Version
    changed_at: Instant
    routes: tuple[RouteState, ...]


@handlers.on(ClearanceChanged)
async def on_clearance_changed(
    event: ClearanceChanged, _envelope: Envelope, tx: Transaction
) -> None:
    """Hold or release the dosing visits it concerns."""
    routes = {
        one.route.value: RouteClearance(
            cleared=one.cleared, reasons=one.reasons, expires_at=one.expires_at
        )
        for one in event.routes
    }
    known = Clearance(
        patient_id=event.patient_id,
        version=event.clearance_version,
        changed_at=event.changed_at,
        routes=routes,
    )
    await apply_clearance(known, tx)


class DoseAdministered(Reader, type="dosing.dose_administered.v1"):
    """A dose was given."""

    patient_id: UUID
    administered_at: Instant


@handlers.on(DoseAdministered)
async def on_dose_administered(
    event: DoseAdministered, _envelope: Envelope, tx: Transaction
) -> None:
    """The next dose is not the first."""
    await note_dose(NoteDose(patient_id=event.patient_id, at=event.administered_at), tx)
