"""Monitors' readings over HTTP."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from kairos_chassis.http.route import Routes
from kairos_chassis.http.schemas import Answer, Body
from kairos_events.fields import ExactDecimal, Instant
from pydantic import Field

from dosing.domain.series import DeviceReading
from dosing.http import policies
from dosing.http.asking import command_id
from dosing.http.call import DosingCall
from dosing.use_cases.record_device_batch import RecordDeviceBatch, record_device_batch

routes = Routes("devices")


class ReadingKind(StrEnum):
    """What a monitor measures, with its unit."""

    SYSTOLIC = "systolic_mmhg"
    DIASTOLIC = "diastolic_mmhg"
    HEART_RATE = "heart_rate_bpm"
    RESPIRATORY_RATE = "respiratory_rate_bpm"
    SPO2 = "spo2_percent"
    TEMPERATURE = "temperature_c"


class ReadingBody(Body):
    """One number that a monitor measured."""

    kind: ReadingKind
    read_at: Instant
    value: ExactDecimal


class BatchBody(Body):
    """Readings of one monitor, of any age and order."""

    device_id: UUID
    readings: Annotated[list[ReadingBody], Field(min_length=1, max_length=500)]


class BatchView(Answer):
    """What became of a batch."""

    accepted: int
    duplicates: int
    late: int
    implausible: int


@routes.post("/v1/sessions/{session_id}/device-batches", policy=policies.SEND_READINGS)
async def post_device_batch(call: DosingCall, session_id: UUID, body: BatchBody) -> BatchView:
    """Take in what a monitor has measured; what was sent before changes nothing."""
    command = RecordDeviceBatch(
        batch_id=command_id(call),
        session_id=session_id,
        device_id=body.device_id,
        sent=[
            DeviceReading(
                device_id=body.device_id,
                kind=one.kind.value,
                read_at=one.read_at,
                value=one.value,
            )
            for one in body.readings
        ],
        by=call.caller,
    )
    async with call.transaction() as tx:
        taken = await record_device_batch(command, call.deps.clock, tx)
        names = BatchView.model_fields
        return call.answer(BatchView(**{name: getattr(taken, name) for name in names}))
