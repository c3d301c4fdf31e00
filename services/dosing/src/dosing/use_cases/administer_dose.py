"""Give a dose, or a further part of one, if every rule of the gate holds."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from kairos_chassis.auth import Caller
from kairos_chassis.bus.freshness import Freshness
from kairos_chassis.clock import Clock
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing.domain import gate
from dosing.domain.clearance import Answer
from dosing.domain.dose import GivenDose, check_administered_at, check_prepared
from dosing.domain.errors import CommandRepeated
from dosing.domain.order import check_decimals
from dosing.domain.pre_dose import baseline_of
from dosing.domain.word import refuse_failing, word_of
from dosing.store import doses, patients, sessions
from dosing.use_cases.begin_watch import begin_watch
from dosing.use_cases.chart_dose import ChartDose, chart_dose
from dosing.use_cases.gate_facts import Asked, gate_facts
from dosing.use_cases.use_glass import use_glass


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministerDose:
    """A dose about to be charted."""

    command_id: UUID  # chosen by the caller; a repeat charts nothing
    session_id: UUID
    patient_id: UUID  # of the session
    draw_id: UUID | None  # None where nothing was drawn
    amount_mg: Decimal  # of base, > 0, at most 3 decimals
    administered_at: datetime  # aware, UTC
    by: Caller


async def administer_dose(
    command: AdministerDose, answer: Answer, clock: Clock, freshness: Freshness, tx: Transaction
) -> GivenDose:
    """Chart the dose, enter it into the ledger and announce it, all or nothing.

    `answer` is what intake said just before. Raises SessionNotFound (404), CommandRepeated,
    AdministrationRefused (409) or IntakeUnreachable (503) naming every failing rule,
    ImpossibleAmount, ImpossibleTime (422).
    """
    check_decimals(command.amount_mg)
    # The patient first: of two sites that start a dose together, the second sees the first's.
    last = await patients.lock(tx, command.patient_id)
    if await doses.repeats(tx, command.command_id):
        raise CommandRepeated
    session = await sessions.lock(tx, command.session_id)
    admit_site(command.by, session.site_id)
    asked = Asked(
        draw_id=command.draw_id,
        amount_mg=command.amount_mg,
        by=command.by.subject,
        infusion=False,
    )
    facts = await gate_facts(asked, session, last, answer, clock, freshness, tx)
    check_administered_at(command.administered_at, facts.protocol.charting, facts.now)
    refuse_failing(facts, answer)
    if (prepared_at := gate.prepared_at(facts)) is not None:
        check_prepared(command.administered_at, prepared_at, facts.protocol.charting)
    return await _chart(command, facts, clock, tx)


async def _chart(
    command: AdministerDose, facts: gate.Facts, clock: Clock, tx: Transaction
) -> GivenDose:
    order, drug, baseline = facts.order, facts.drug, baseline_of(facts.observations)
    # The gate has just refused everything else.
    assert order is not None
    assert drug is not None
    assert baseline is not None
    word = word_of(facts)
    given = GivenDose(
        id=uuid7(),
        command_id=command.command_id,
        session_id=facts.session.id,
        patient_id=facts.session.patient_id,
        order_id=order.id,
        draw_id=drug.draw_id,
        baseline_observation_id=baseline.id,
        amount_mg=command.amount_mg,
        administered_at=command.administered_at,
        recorded_at=facts.now,
        administered_by=command.by.subject,
        confirmation_id=word.confirmation_id,
        clearance_version=word.version,
        extra_monitoring=word.extra_monitoring,
    )
    await use_glass(facts, given.id, tx)
    charted = ChartDose(
        given=given,
        session=facts.session,
        dosed=facts.session.dosed(by=given.administered_by, at=given.recorded_at),
        order=order,
        protocol=facts.protocol,
        container=drug.container,
    )
    dosed = await chart_dose(charted, clock, tx)
    await begin_watch(
        dosed,
        facts.protocol.watch,
        command.by.subject,
        clock,
        tx,
        first_dose=facts.last.at is None,
    )
    return given
