"""A monitor has sent readings of a watched patient."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from kairos_events.fields import Code, ExactDecimal, Instant
from kairos_events.model import EventModel, PublicEvent


class DeviceReading(EventModel):
    """One number that a monitor measured."""

    read_at: Instant
    """When it was measured, by the monitor's corrected clock."""
    kind: Code
    """What was measured, with its unit: an open code, e.g. `spo2_percent`, `heart_rate_bpm`."""
    value: ExactDecimal
    """The number, in the unit that `kind` names."""


class DeviceReadingsRecordedV1(
    PublicEvent,
    type="dosing.device_readings_recorded.v1",
    topic="dosing.telemetry",
    key="patient_id",
):
    """A monitor has sent readings of a watched patient.

    Published for each batch as it was taken in, on a topic of its own; a reading sent twice is
    published once, a late one when it arrives. Partners and dashboards follow it.
    """

    batch_id: UUID
    """The batch."""
    session_id: UUID
    """The dosing session."""
    patient_id: UUID
    """The patient: an opaque id, the same in every service."""
    device_id: UUID
    """The monitor."""
    readings: Annotated[tuple[DeviceReading, ...], Field(max_length=500)]
    """The new readings, oldest first."""
    received_at: Instant
    """When the batch was received."""
