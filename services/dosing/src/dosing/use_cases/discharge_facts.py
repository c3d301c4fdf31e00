"""Gather what a discharge is judged by."""

from kairos_chassis.clock import Clock
from kairos_chassis.db import Transaction

from dosing.domain import discharge
from dosing.domain.discharge import Leaving
from dosing.domain.ledger import held
from dosing.domain.session import Session
from dosing.store import (
    anchors,
    containers,
    courses,
    doses,
    infusions,
    observations,
    projections,
    protocols,
)


async def discharge_facts(
    session: Session, leaving: Leaving, clock: Clock, tx: Transaction
) -> discharge.Facts:
    """Everything it is judged by. The session is locked by the caller."""
    seen = await observations.of_session(tx, session.id)
    given = await doses.of_session(tx, session.id)
    baselines = [one.baseline_observation_id for one in given]
    baselines += [one.baseline_observation_id for one in await infusions.of_session(tx, session.id)]
    passed = await anchors.passed(tx, session, clock)
    return discharge.Facts(
        session=session,
        protocol=await protocols.pinned(tx, session),
        baseline=next((one for one in seen if baselines and one.id == baselines[0]), None),
        observations=[one for one in seen if one.minutes_since_first_dose is not None],
        leaving=leaving,
        held_mg=held(await containers.entries_of_session(tx, session.id)),
        concern_open=await projections.concern_open(tx, session.patient_id),
        infusing=(await courses.of_session(tx, session.id)).infusing,
        elapsed=None if passed is None else passed.first,
        since_last=None if passed is None else passed.last,
        now=tx.now,
    )
