"""Give a dose, if every rule of the gate holds."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from kairos_chassis import outbox
from kairos_chassis.auth import Caller
from kairos_chassis.clock import Clock
from kairos_chassis.db import Transaction
from kairos_chassis.policy import admit_site
from kairos_events.uuid7 import uuid7

from dosing import data, publish
from dosing.domain import gate, staff
from dosing.domain.clearance import Answer, Confirmed, NotCleared, Unreachable
from dosing.domain.dose import GivenDose, check_administered_at, check_prepared
from dosing.domain.errors import AdministrationRefused, CommandRepeated, IntakeUnreachable
from dosing.domain.ledger import EntryKind, Posting, held
from dosing.domain.observation import before_first_dose
from dosing.domain.order import LastDose, check_decimals
from dosing.domain.pre_dose import baseline_of
from dosing.domain.session import Session
from dosing.store import (
    containers,
    doses,
    observations,
    orders,
    patients,
    practitioners,
    projections,
    sessions,
    wastes,
)


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
    command: AdministerDose, answer: Answer, clock: Clock, tx: Transaction
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
    facts = await _facts(command, session, last, answer, clock, tx)
    check_administered_at(command.administered_at, facts.protocol.charting, facts.now)
    if rules := gate.failing(facts):
        if isinstance(answer, Unreachable):
            raise IntakeUnreachable(rules)
        reasons = answer.reasons if isinstance(answer, NotCleared) else ()
        raise AdministrationRefused(rules, reasons)
    if (prepared_at := gate.prepared_at(facts)) is not None:
        check_prepared(command.administered_at, prepared_at, facts.protocol.charting)
    return await _chart(command, facts, tx)


async def _facts(
    command: AdministerDose,
    session: Session,
    last: LastDose,
    answer: Answer,
    clock: Clock,
    tx: Transaction,
) -> gate.Facts:
    order = await orders.latest_of(tx, session.id)
    people = [command.by.subject] if order is None else [command.by.subject, order.prescribed_by]
    staff_of = await practitioners.load(tx, people)
    drug = await _drug(command.draw_id, session, tx)
    return gate.Facts(
        session=session,
        protocol=data.protocol(session.protocol_code, session.protocol_version),
        order=order,
        amount_mg=command.amount_mg,
        observations=before_first_dose(await observations.of_session(tx, session.id)),
        earlier=await observations.earlier_today(tx, session),
        prescriber=None if order is None else staff_of[order.prescribed_by],
        giver=staff_of[command.by.subject],
        qualifications=data.qualifications(),
        checks=await doses.checks_of(tx, session.id),
        drug=drug,
        last=last,
        concern_open=await projections.concern_open(tx, session.patient_id),
        answer=answer,
        known=await projections.clearance_of(tx, session.patient_id, session.route),
        # Read last, once every lock is held: waiting must not stretch intake's confirmation.
        now=clock.now(),
    )


async def _drug(draw_id: UUID | None, session: Session, tx: Transaction) -> gate.Drug | None:
    if draw_id is None:
        return None
    entries = await containers.entries_of_draw(tx, draw_id)
    if not entries or entries[0].session_id != session.id:
        return None
    container = await containers.lock(tx, entries[0].container_id)
    now_held = held(await containers.entries_of_draw(tx, draw_id))
    return gate.Drug(
        draw_id=draw_id,
        drawn_at=entries[0].at,
        container=container,
        held_mg=now_held - await wastes.pending_mg(tx, draw_id),
        quarantined=await containers.quarantined(tx, container.product, container.lot),
    )


async def _chart(command: AdministerDose, facts: gate.Facts, tx: Transaction) -> GivenDose:
    order, drug, baseline = facts.order, facts.drug, baseline_of(facts.observations)
    # The gate has just refused everything else.
    assert order is not None
    assert drug is not None
    assert baseline is not None
    assert isinstance(facts.answer, Confirmed)
    by = command.by.subject
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
        administered_by=by,
        confirmation_id=facts.answer.confirmation_id,
        clearance_version=facts.answer.version,
        extra_monitoring=facts.answer.extra_monitoring,
    )
    entered = drug.container.enter(_posting(given))
    doses.add(tx, given)
    containers.save(tx, entered)
    sessions.save(tx, facts.session.dosed(by=by, at=facts.now))
    share = given.amount_mg / order.mg  # a part of an ordered dose exposes to that part
    patients.save(
        tx,
        given.patient_id,
        LastDose(
            at=facts.now,
            local_day=staff.day_at(facts.session, facts.now),
            iv_equivalent_mg_per_kg=order.iv_equivalent_mg_per_kg * share,
            weight_kg=order.weight.kg,
        ),
    )
    await outbox.append(tx, publish.dose_administered(facts.session, order, given))
    return given


def _posting(given: GivenDose) -> Posting:
    return Posting(
        id=uuid7(),
        kind=EntryKind.ADMINISTER,
        amount_mg=given.amount_mg,
        at=given.recorded_at,
        actor=given.administered_by,
        session_id=given.session_id,
        draw_id=given.draw_id,
        reference_id=given.id,
    )
