"""Observations, at rest. Rows are only ever added."""

from uuid import UUID

from asyncpg import Record
from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from sqlalchemy import bindparam, select

from dosing.domain.observation import Aldrete, Observation, Readings
from dosing.domain.session import Session
from dosing.store import baselines, corrections
from dosing.store.persons import same_person
from dosing.store.session_tables import observation

_OF_SESSION = statement(
    select(observation)
    .where(observation.c.session_id == bindparam("session_id"))
    .order_by(observation.c.observed_at, observation.c.recorded_at)
)
_EARLIER = statement(
    select(observation)
    .where(
        observation.c.patient_id.in_(same_person()),
        observation.c.session_id != bindparam("session_id"),
        observation.c.observed_at >= bindparam("since"),
        observation.c.minutes_since_first_dose.is_(None),
    )
    .order_by(observation.c.observed_at, observation.c.recorded_at)
)
_NUMBERS = (
    "systolic_mmhg",
    "diastolic_mmhg",
    "heart_rate_bpm",
    "respiratory_rate_bpm",
    "spo2_percent",
    "moaas",
    "cadss6",
    "distress",
    "orientation",
    "gait_steady",
    "nausea",
    "temperature_c",
    "oximetry_continuous",
)


async def of_session(tx: Transaction, session_id: UUID) -> list[Observation]:
    """All observations of a session as they count now, corrected, oldest first."""
    written = await as_written(tx, session_id)
    return corrections.current(written, await corrections.of_session(tx, session_id))


async def as_written(tx: Transaction, session_id: UUID) -> list[Observation]:
    """All observations of a session as they were first written, oldest first."""
    return [_observation(row) for row in await tx.fetch(_OF_SESSION, session_id=session_id)]


async def earlier_today(tx: Transaction, session: Session) -> list[Observation]:
    """The patient's readings before a dose in other sessions of this session's local day."""
    midnight = tx.now.astimezone(session.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = await tx.fetch(
        _EARLIER, patient_id=session.patient_id, session_id=session.id, since=midnight
    )
    return [_observation(row) for row in rows]


def add(tx: Transaction, taken: Observation) -> None:
    """Keep an observation."""
    score, said = taken.readings.aldrete, taken.readings.baseline
    tx.insert(
        observation,
        id=taken.id,
        network_id=tx.network,
        session_id=taken.session_id,
        patient_id=taken.patient_id,
        observed_at=taken.observed_at,
        recorded_at=taken.recorded_at,
        recorded_by=taken.recorded_by,
        minutes_since_first_dose=taken.minutes_since_first_dose,
        aldrete=None if score is None else list(score.items),
        symptoms=None if taken.readings.symptoms is None else list(taken.readings.symptoms),
        side_effects=taken.readings.side_effects,
        device_id=taken.device_id,
        baseline=None if said is None else baselines.document_of(said),
        **{name: getattr(taken.readings, name) for name in _NUMBERS},
    )


def _observation(row: Record) -> Observation:
    items, said = row["aldrete"], row["baseline"]
    return Observation(
        id=row["id"],
        session_id=row["session_id"],
        patient_id=row["patient_id"],
        readings=Readings(
            aldrete=None if items is None else _aldrete(items),
            symptoms=None if row["symptoms"] is None else tuple(row["symptoms"]),
            side_effects=row["side_effects"],
            baseline=None if said is None else baselines.of_document(said),
            **{name: row[name] for name in _NUMBERS},
        ),
        observed_at=row["observed_at"],
        recorded_at=row["recorded_at"],
        recorded_by=row["recorded_by"],
        minutes_since_first_dose=row["minutes_since_first_dose"],
        device_id=row["device_id"],
    )


def _aldrete(items: list[int]) -> Aldrete:
    activity, respiration, circulation, consciousness, saturation = items
    return Aldrete(
        activity=activity,
        respiration=respiration,
        circulation=circulation,
        consciousness=consciousness,
        saturation=saturation,
    )
