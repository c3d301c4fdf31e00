"""Tell how groups of patients fared in a quarter."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction

from integration.data.following import cohorts as policy
from integration.data.following import outcomes as scales
from integration.domain.cohort import (
    Course,
    Dimension,
    Figures,
    group_of,
    span_of_quarter,
)
from integration.domain.dose import Dose
from integration.domain.errors import NotFollowed
from integration.domain.suppression import cells
from integration.store import care_plans, cohorts, doses, outcomes, people


@dataclass(frozen=True, slots=True, kw_only=True)
class TellCohort:
    """Of which scale, by what, of which quarter (`2027-Q1`)."""

    instrument: str
    by: Dimension
    quarter: str


async def tell_cohort(command: TellCohort, tx: Transaction) -> Figures:
    """The groups of a network, as they may be shown: made once, and the same ever after.

    Whatever arrives, is merged or is erased later changes no figure that was shown: nobody finds a
    patient by comparing two tellings. Raises NotFollowed (404), QuarterNotOver (409).
    """
    if command.instrument not in scales().scales:
        raise NotFollowed
    begins, ends = span_of_quarter(command.quarter, tx.now, policy().settled_after)
    place = (command.instrument, command.by, command.quarter)
    if (earlier := await cohorts.find(tx, *place)) is not None:
        return earlier
    found = cells(await _courses(command, begins, ends, tx), policy())
    return await cohorts.keep(tx, *place, Figures(policy().version, tuple(found)))


async def _courses(
    command: TellCohort, begins: datetime, ends: datetime, tx: Transaction
) -> list[Course]:
    """Every person's last score of the quarter that has a baseline, by group."""
    over = await people.survivors(tx)
    given: dict[UUID, list[Dose]] = defaultdict(list)
    for dose in await doses.of_network(tx):
        if dose.administered_at < ends:
            given[over.get(dose.patient_id, dose.patient_id)].append(dose)
    indications = {
        over.get(plan.patient_id, plan.patient_id): plan.indication
        for plan in await care_plans.indicated(tx)
        if plan.made_at < ends
    }
    last = {
        over.get(one.patient_id, one.patient_id): one
        for one in await outcomes.of_instrument(tx, command.instrument)
        if begins <= one.completed_at < ends
    }
    return [
        Course(
            group=group_of(command.by, given[person], indications.get(person), policy()), last=one
        )
        for person, one in last.items()
        if one.baseline_assessment_id is not None and given[person]
    ]
