"""Whoever locks, locks in one order: nobody waits in a circle, and nobody is turned away by one."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from dosing.store import containers, patients, sessions
from dosing.store.lock_order import LocksOutOfOrderError, Rank, taking
from kairos_events.intake import PatientMergedV1

from .clinic import Clinic


async def test_locks_are_taken_in_one_order_or_not_at_all(clinic: Clinic) -> None:
    session, vial = UUID(clinic.session), UUID(clinic.vial)
    async with clinic.service.db.transaction(clinic.network) as tx:
        await patients.lock(tx, clinic.patient)
        await sessions.lock(tx, session)
        await containers.lock(tx, vial)
        await sessions.lock(tx, session)  # what is locked already is free

    async with clinic.service.db.transaction(clinic.network) as tx:
        await containers.lock(tx, vial)
        with pytest.raises(LocksOutOfOrderError):
            await sessions.lock(tx, session)
        with pytest.raises(LocksOutOfOrderError):
            await patients.lock(tx, clinic.patient)


async def test_rows_of_a_kind_are_locked_by_rising_id(clinic: Clinic) -> None:
    async with clinic.service.db.transaction(clinic.network) as tx:
        taking(tx, Rank.CONTAINER, [UUID(int=2), UUID(int=1)])  # sorted before they are taken
        taking(tx, Rank.CONTAINER, [UUID(int=3), UUID(int=1)])
        with pytest.raises(LocksOutOfOrderError):
            taking(tx, Rank.CONTAINER, [UUID(int=0)])


async def test_every_id_of_a_person_is_locked_at_once(clinic: Clinic) -> None:
    """Whoever locks a person by one id may then lock them by another, also by a lower one."""
    lower, now = UUID(int=clinic.network.int >> 64), clinic.service.clock.now()
    event = PatientMergedV1(
        surviving_patient_id=clinic.patient,
        merged_patient_id=lower,
        merged_by=uuid4(),
        merged_at=now,
    )
    await clinic.service.deliver(event, clinic.network)

    async with clinic.service.db.transaction(clinic.network) as tx:
        await patients.lock(tx, clinic.patient)
        await patients.lock(tx, lower)
        with pytest.raises(LocksOutOfOrderError):  # somebody else
            taking(tx, Rank.PATIENT, [UUID(int=0)])


async def test_third_record_of_a_person_of_whom_a_concern_is_open_is_linked_and_stops_the_drug(
    clinic: Clinic,
) -> None:
    """The ids that were linked before are locked with the two that are linked now."""
    await clinic.dosed()
    dosed, now = clinic.patient, clinic.service.clock.now()
    lower, third = UUID(int=clinic.network.int >> 64), uuid4()

    async def merge(merged: UUID) -> None:
        event = PatientMergedV1(
            surviving_patient_id=dosed, merged_patient_id=merged, merged_by=uuid4(), merged_at=now
        )
        await clinic.service.deliver(event, clinic.network)

    await merge(lower)
    clinic.patient = third
    await clinic.worry()
    assert await clinic.service.rows("drug_stop", clinic.network) == []
    await merge(third)

    (stop,) = await clinic.service.rows("drug_stop", clinic.network)
    assert stop["reason"] == "safety_concern"


async def test_differing_counts_of_one_lot_wait_for_each_other_in_no_circle(
    clinic: Clinic,
) -> None:
    """Each of them puts the whole lot out of use, while drug of it is drawn, given and wasted."""
    vials = [clinic.vial, *[await clinic.receive() for _ in range(5)]]
    draw = await clinic.ready()
    waste = await clinic.post(
        clinic.ortiz, f"/v1/draws/{draw}/wastes", {"amount_mg": "1", "reason": "residue"}
    )
    witness = f"/v1/wastes/{waste.json()['id']}/witness"

    def count(vial: str) -> Any:
        return clinic.post(clinic.park, f"/v1/containers/{vial}/counts", {"counted_mg": "1"})

    answers = await asyncio.gather(
        *map(count, vials),
        clinic.give(draw),
        clinic.post(clinic.park, witness, {"amount_mg": "1"}),
        *map(count, reversed(vials)),
    )

    assert {one.status_code for one in answers} <= {201, 409}
    for vial in vials:
        assert (await clinic.get(f"/v1/containers/{vial}")).json()["chain"] == "intact"


async def test_entry_that_refers_to_a_session_does_not_wait_for_its_lock(clinic: Clinic) -> None:
    """Else a witness, who holds the vial, and the one who gives, who holds the session, would each
    wait for the other."""
    draw = await clinic.ready()
    waste = await clinic.post(
        clinic.ortiz, f"/v1/draws/{draw}/wastes", {"amount_mg": "1", "reason": "residue"}
    )
    path = f"/v1/wastes/{waste.json()['id']}/witness"

    async with clinic.service.db.transaction(clinic.network) as tx:
        await sessions.lock(tx, UUID(clinic.session))
        async with asyncio.timeout(10):
            seen = await clinic.post(clinic.park, path, {"amount_mg": "1"})

    assert seen.status_code == 201


async def test_lots_are_quarantined_while_they_are_counted(clinic: Clinic) -> None:
    lots = [uuid4().hex[:8] for _ in range(3)]
    vials = [(lot, await clinic.receive(lot=lot)) for lot in lots for _ in range(2)]

    answers = await asyncio.gather(
        *(
            clinic.post(clinic.park, f"/v1/containers/{vial}/counts", {"counted_mg": "499"})
            for _, vial in vials
        ),
        *(
            clinic.post(
                clinic.ortiz,
                "/v1/lot-quarantines",
                {"product": clinic.product, "lot": lot, "reason": "recall"},
            )
            for lot in lots
        ),
    )

    assert {one.status_code for one in answers} == {201}
