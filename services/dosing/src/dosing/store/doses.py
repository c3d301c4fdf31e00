"""Doses, their second-person checks, refusals and discharges, at rest. Rows are only ever added."""

from collections.abc import Sequence
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import statement
from kairos_events.uuid7 import uuid7
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from dosing.domain.discharge import Leaving
from dosing.domain.dose import GivenDose
from dosing.domain.gate import Check
from dosing.domain.session import Session
from dosing.store.drug_tables import administration_refusal, discharge, dose, dose_check

_REPEATED = statement(select(dose.c.id).where(dose.c.command_id == bindparam("command_id")))
_CHECKS = statement(
    select(dose_check)
    .where(dose_check.c.session_id == bindparam("session_id"))
    .order_by(dose_check.c.checked_at, dose_check.c.id)
)
_OF_SESSION = statement(
    select(dose)
    .where(dose.c.session_id == bindparam("session_id"))
    .order_by(dose.c.recorded_at, dose.c.id)
)

_ADD_REFUSAL = statement(
    insert(administration_refusal)
    .values({column: bindparam(column.name) for column in administration_refusal.c})
    .on_conflict_do_nothing(index_elements=[administration_refusal.c.id])
    .returning(administration_refusal.c.id)
)


def add(tx: Transaction, given: GivenDose) -> None:
    """Keep a dose."""
    values = {name: getattr(given, name) for name in GivenDose.__slots__}
    values["extra_monitoring"] = list(given.extra_monitoring)
    tx.insert(dose, network_id=tx.network, **values)


async def repeats(tx: Transaction, command_id: UUID) -> bool:
    """Whether this request has charted its dose before."""
    return await tx.fetch_one(_REPEATED, command_id=command_id) is not None


async def of_session(tx: Transaction, session_id: UUID) -> list[GivenDose]:
    """The doses of a session, oldest first."""
    return [
        GivenDose(
            **{name: row[name] for name in GivenDose.__slots__ if name != "extra_monitoring"},
            extra_monitoring=tuple(row["extra_monitoring"]),
        )
        for row in await tx.fetch(_OF_SESSION, session_id=session_id)
    ]


def add_check(tx: Transaction, session_id: UUID, check: Check) -> UUID:
    """Keep a second-person check. Returns its id."""
    check_id = uuid7()
    tx.insert(
        dose_check,
        id=check_id,
        network_id=tx.network,
        session_id=session_id,
        **{name: getattr(check, name) for name in Check.__slots__},
    )
    return check_id


async def checks_of(tx: Transaction, session_id: UUID) -> list[Check]:
    """All second-person checks of a session, oldest first."""
    rows = await tx.fetch(_CHECKS, session_id=session_id)
    return [Check(**{name: row[name] for name in Check.__slots__}) for row in rows]


async def add_refusal(
    tx: Transaction, refusal_id: UUID, session: Session, rules: Sequence[str], by: UUID
) -> bool:
    """Keep that the gate refused, and why. False where this refusal is kept already."""
    tx.about(session.patient_id)
    added = await tx.fetch_one(
        _ADD_REFUSAL,
        id=refusal_id,
        network_id=tx.network,
        session_id=session.id,
        patient_id=session.patient_id,
        rules=list(rules),
        requested_by=by,
        refused_at=tx.now,
    )
    return added is not None


def add_discharge(tx: Transaction, session: Session, leaving: Leaving, by: UUID) -> None:
    """Keep what was attested when the patient left."""
    tx.insert(
        discharge,
        session_id=session.id,
        network_id=tx.network,
        patient_id=session.patient_id,
        escort_id="overridden" if leaving.escort_id is None else leaving.escort_id.value,
        instructions_given=leaving.instructions_given,
        crisis_number_given=leaving.crisis_number_given,
        no_driving_agreed=leaving.no_driving_agreed,
        signed_by=by,
        discharged_at=tx.now,
    )
