"""Occupy everybody and everything that several admitted visits need, in one order."""

from collections.abc import Iterable
from uuid import UUID

from kairos_chassis.db import Transaction

from scheduling.data import booking_policy, visit_types
from scheduling.domain.claims import claims_of
from scheduling.domain.visit import Visit
from scheduling.store import monitors, occupancy


async def occupy_slots(booked: Iterable[Visit], tx: Transaction) -> set[UUID]:
    """Take all of it for visits that are in the database. Returns the visits that lost something:
    the transaction is then of no use."""
    lanes = await monitors.limit(tx, booking_policy().patients_per_monitor)
    claims = [
        (visit.id, claim)
        for visit in booked
        for claim in claims_of(visit, visit_types()[visit.visit_type], patients_per_monitor=lanes)
    ]
    return await occupancy.take_all(tx, claims)
