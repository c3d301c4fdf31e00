"""Chart a dose that the gate let pass, in the record, the ledger and the patient's history."""

from dataclasses import dataclass

from kairos_chassis import outbox
from kairos_chassis.clock import Clock
from kairos_chassis.db import Transaction
from kairos_events.uuid7 import uuid7

from dosing import data, publish
from dosing.domain import staff
from dosing.domain.dose import GivenDose
from dosing.domain.exposure import PastDose
from dosing.domain.ledger import Container, EntryKind, Posting
from dosing.domain.order import Order
from dosing.domain.order_facts import LastDose
from dosing.domain.protocol import Protocol
from dosing.domain.session import Session
from dosing.store import containers, doses, exposures, patients, sessions
from dosing.store.watch_timers import REMS_DUE, after
from dosing.use_cases.watch_misuse import watch_misuse


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartDose:
    """What was given, from which container, by which order."""

    given: GivenDose
    session: Session
    dosed: Session  # as it is after the dose; one that is over stays as it is
    order: Order
    protocol: Protocol
    container: Container


async def chart_dose(command: ChartDose, clock: Clock, tx: Transaction) -> Session:
    """Keep it everywhere and announce it, all or nothing. Returns the session after it."""
    given, order = command.given, command.order
    entered = command.container.enter(_posting(given))
    doses.add(tx, given)
    containers.save(tx, entered)
    sessions.save(tx, command.dosed)
    exposures.add(tx, given.id, given.patient_id, _past(command))
    share = given.amount_mg / order.mg  # a part of an ordered dose exposes to that part
    patients.save(
        tx,
        given.patient_id,
        LastDose(
            at=given.recorded_at,
            local_day=staff.day_at(command.session, given.recorded_at),
            iv_equivalent_mg_per_kg=order.iv_equivalent_mg_per_kg * share,
            weight_kg=order.weight.kg,
        ),
    )
    if command.protocol.rems and command.session.first_dose_at is None:
        # From the treatment on, whoever fills the form or forgets to.
        after(tx, REMS_DUE, command.session.id, data.rems_due_after())
    await outbox.append(tx, publish.dose_administered(command.session, order, given))
    history = await exposures.history(tx, given.patient_id)
    await outbox.append(tx, publish.exposure_changed(given.patient_id, history, clock.now()))
    await watch_misuse(given.patient_id, history, clock.now(), tx)
    return command.dosed


def _past(command: ChartDose) -> PastDose:
    return PastDose(
        session_id=command.session.id,
        route=command.session.route,
        amount_mg=command.given.amount_mg,
        bioavailability=command.protocol.dose.bioavailability,
        weight_kg=command.order.weight.kg,
        given_at=command.given.recorded_at,
        tolerated=True,
    )


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
