"""Start an infusion, if every rule of the gate holds."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.auth import Caller
from kairos_chassis.bus.freshness import Freshness
from kairos_chassis.clock import Clock
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing import publish
from dosing.domain import gate, staff
from dosing.domain.clearance import Answer
from dosing.domain.dose import check_administered_at, check_prepared
from dosing.domain.errors import CommandRepeated
from dosing.domain.infusion import Infusion, InfusionAct, starting_rate
from dosing.domain.order_facts import LastDose
from dosing.domain.pre_dose import baseline_of
from dosing.domain.word import refuse_failing, word_of
from dosing.store import infusions, patients, sessions
from dosing.use_cases.begin_watch import begin_watch
from dosing.use_cases.gate_facts import Asked, gate_facts
from dosing.use_cases.use_glass import use_glass


@dataclass(frozen=True, slots=True, kw_only=True)
class StartInfusion:
    """The pump is about to be started with the whole ordered dose."""

    command_id: UUID  # chosen by the caller; a repeat starts nothing
    session_id: UUID
    patient_id: UUID  # of the session
    draw_id: UUID
    started_at: datetime  # aware, UTC
    by: Caller


async def start_infusion(
    command: StartInfusion, answer: Answer, clock: Clock, freshness: Freshness, tx: Transaction
) -> Infusion:
    """Chart the start and announce it, both or neither; the ledger has it at the end.

    Raises as `administer_dose` does.
    """
    last = await patients.lock(tx, command.patient_id)
    if await infusions.repeats(tx, command.command_id):
        raise CommandRepeated
    session = await sessions.lock(tx, command.session_id)
    admit_site(command.by, session.site_id)
    asked = Asked(draw_id=command.draw_id, amount_mg=None, by=command.by.subject, infusion=True)
    facts = await gate_facts(asked, session, last, answer, clock, freshness, tx)
    check_administered_at(command.started_at, facts.protocol.charting, facts.now)
    refuse_failing(facts, answer)
    if (prepared_at := gate.prepared_at(facts)) is not None:
        check_prepared(command.started_at, prepared_at, facts.protocol.charting)
    started = _started(command, facts)
    infusions.add(tx, started)
    await use_glass(facts, started.id, tx)
    _remember(facts, tx)
    dosed = session.dosed(by=command.by.subject, at=facts.now, cause="infusion_started")
    sessions.save(tx, dosed)
    await outbox.append(tx, publish.administration_started(session, facts.order, started))
    await begin_watch(
        dosed,
        facts.protocol.watch,
        command.by.subject,
        clock,
        tx,
        first_dose=facts.last.at is None,
    )
    return started


def _started(command: StartInfusion, facts: gate.Facts) -> Infusion:
    order, drug, baseline = facts.order, facts.drug, baseline_of(facts.observations)
    # The gate has just refused everything else.
    assert order is not None
    assert order.ml is not None
    assert order.infusion_minutes is not None
    assert drug is not None
    assert baseline is not None
    word = word_of(facts)
    empty = Infusion(
        id=uuid7(),
        command_id=command.command_id,
        session_id=facts.session.id,
        patient_id=facts.session.patient_id,
        order_id=order.id,
        draw_id=drug.draw_id,
        baseline_observation_id=baseline.id,
        planned_mg=order.mg,
        planned_ml=order.ml,
        confirmation_id=word.confirmation_id,
        clearance_version=word.version,
        extra_monitoring=word.extra_monitoring,
    )
    return empty.act(
        InfusionAct.START,
        by=command.by.subject,
        cause="ordered",
        occurred_at=command.started_at,
        now=facts.now,
        rate=starting_rate(order.ml, order.infusion_minutes),
    )


def _remember(facts: gate.Facts, tx: Transaction) -> None:
    """From now on no other site starts a dose for this patient within the interval."""
    assert facts.order is not None
    patients.save(
        tx,
        facts.session.patient_id,
        LastDose(
            at=facts.now,
            local_day=staff.day_at(facts.session, facts.now),
            iv_equivalent_mg_per_kg=facts.order.iv_equivalent_mg_per_kg,
            weight_kg=facts.order.weight.kg,
        ),
    )
