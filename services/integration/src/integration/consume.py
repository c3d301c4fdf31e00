"""Public events of others, turned into this service's own use cases."""

from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.handlers import Handlers
from kairos_events.envelope import Envelope
from kairos_events.fields import Instant, Route
from kairos_events.model import Reader

from integration.use_cases.open_episode import OpenEpisode, open_episode

handlers = Handlers("integration")


class SessionDischarged(Reader, type="dosing.session_discharged.v1"):
    """A patient has left a dosing session safely; integration is due from its last dose."""

    session_id: UUID
    patient_id: UUID
    route: Route
    last_dose_at: Instant
    discharged_at: Instant


@handlers.on(SessionDischarged)
async def on_session_discharged(
    event: SessionDischarged, _envelope: Envelope, tx: Transaction
) -> None:
    """Open the episode that follows."""
    await open_episode(
        OpenEpisode(
            session_id=event.session_id,
            patient_id=event.patient_id,
            route=event.route.value,
            last_dose_at=event.last_dose_at,
            discharged_at=event.discharged_at,
        ),
        tx,
    )
