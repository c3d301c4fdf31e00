"""Take over questionnaires filled in elsewhere: scored here, and what triggers is raised."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from intake import publish
from intake.data import instruments
from intake.domain.assessment import Assessment, overlaps
from intake.domain.concern import Concern
from intake.domain.instrument import Instrument
from intake.domain.triggering import concerns_of
from intake.store import assessments, clearances, doses, patients
from intake.use_cases.raise_concern import raise_concern
from intake.use_cases.reconsider_clearance import reconsider_clearance


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenResponse:
    """One of them, in our items and values, all of which the instrument offers."""

    instrument: str
    instrument_version: str
    answers: Mapping[str, int]
    finished: bool
    authored_at: datetime | None  # None: nobody says when, and it counts from now


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeResponses:
    """What another system has of one patient."""

    patient_id: UUID
    responses: Sequence[TakenResponse]
    taken_by: UUID


async def take_responses(command: TakeResponses, tx: Transaction) -> tuple[Concern, ...]:
    """Keep each as an assessment of the day it was filled in: a newer one of ours still counts.

    One that is not whole stays open and has no score; nothing is ever imputed. Whoever imports was
    not beside the patient, so a concern goes to the clinician on call at once; of several answers
    that trigger the same, the newest raises it. Raises PatientNotFound (404).
    """
    clearance = await clearances.lock(tx, command.patient_id)
    sex = (await patients.find(tx, command.patient_id)).sex_at_birth
    last_dose_at, _ = await doses.last(tx, [command.patient_id])
    raised: dict[str, Concern] = {}
    for one in sorted(command.responses, key=lambda r: _at(r, tx.now), reverse=True):
        instrument = instruments.version_of(one.instrument, one.instrument_version)
        taken = _assessment(command.patient_id, one, instrument, sex, last_dose_at, tx.now)
        assessments.add(tx, taken)
        for item in taken.answers:
            assessments.keep_answer(tx, taken, item, by=command.taken_by)
        if taken.completed_at is not None:
            await outbox.append(tx, publish.assessment_completed(taken, instrument))
        for concern in concerns_of(taken, instrument, uuid7, at=tx.now, unattended=True):
            raised.setdefault(concern.trigger, concern)
    for concern in raised.values():
        await raise_concern(concern, tx)
    await reconsider_clearance(clearance, tx)
    return tuple(raised.values())


def _assessment(
    patient_id: UUID,
    one: TakenResponse,
    instrument: Instrument,
    sex: str,
    last_dose_at: datetime | None,
    now: datetime,
) -> Assessment:
    at = _at(one, now)
    dosed_before = last_dose_at if last_dose_at is not None and last_dose_at <= at else None
    whole = one.finished and not instrument.missing(one.answers)
    return Assessment(
        id=uuid7(),
        patient_id=patient_id,
        instrument=instrument.code,
        instrument_version=instrument.version,
        started_at=at,
        answers=one.answers,
        completed_at=at if whole else None,
        result=instrument.result(one.answers, sex) if whole else None,
        recall_overlaps_dose=whole and overlaps(dosed_before, at, instrument.recall_window_days),
    )


def _at(one: TakenResponse, now: datetime) -> datetime:
    return min(one.authored_at or now, now)
