"""Records that are one person, as intake says, at rest."""

from datetime import datetime
from uuid import UUID

from kairos_chassis.db import Transaction
from kairos_chassis.statements import Statement

from scheduling.domain.rule_errors import PatientMerged, PatientUnknown

# Every id under which a person is on record. `$1` is one of them.
RECORDS = (
    "(SELECT $1::uuid UNION ALL SELECT merged_patient_id FROM patient_link "
    "WHERE surviving_patient_id = $1::uuid AND parted_at IS NULL)"
)
_SURVIVOR = Statement(
    "SELECT surviving_patient_id FROM patient_link "
    "WHERE merged_patient_id = $1::uuid AND parted_at IS NULL",
    ("patient_id",),
    {},
)
_RECORDS = Statement(
    "SELECT merged_patient_id AS id FROM patient_link "
    "WHERE surviving_patient_id = $1::uuid AND parted_at IS NULL ORDER BY 1",
    ("patient_id",),
    {},
)
_JOIN = Statement(
    "INSERT INTO patient_link AS l "
    "(network_id, surviving_patient_id, merged_patient_id, merged_at) "
    "VALUES ($1, $2, $3, $4) ON CONFLICT (network_id, merged_patient_id) DO UPDATE SET "
    "surviving_patient_id = excluded.surviving_patient_id, merged_at = excluded.merged_at, "
    "parted_at = NULL WHERE l.merged_at < excluded.merged_at",
    ("network_id", "surviving", "merged", "at"),
    {},
)
_PART = Statement(
    "UPDATE patient_link SET parted_at = $3 WHERE merged_patient_id = $2::uuid "
    "AND surviving_patient_id = $1::uuid AND parted_at IS NULL AND merged_at <= $3 "
    "RETURNING merged_at",
    ("surviving", "merged", "at"),
    {},
)
# Intake tells of every patient's clearance as soon as it knows the patient.
_KNOWN = Statement(
    "SELECT EXISTS (SELECT FROM clearance WHERE patient_id = $1) AS known", ("patient_id",), {}
)


async def survivor_of(tx: Transaction, patient_id: UUID) -> UUID | None:
    """The record which this one has become part of; None for a record of its own."""
    row = await tx.fetch_one(_SURVIVOR, patient_id=patient_id)
    return None if row is None else row["surviving_patient_id"]


async def check_own(tx: Transaction, patient_id: UUID) -> None:
    """Raises PatientMerged for a record that has become part of another one."""
    survivor = await survivor_of(tx, patient_id)
    if survivor is not None:
        raise PatientMerged(survivor)


async def check_known(tx: Transaction, patient_id: UUID) -> None:
    """Raises PatientUnknown for somebody intake has never told of."""
    row = await tx.fetch_one(_KNOWN, patient_id=patient_id)
    assert row is not None
    if not row["known"]:
        raise PatientUnknown


async def records(tx: Transaction, patient_id: UUID) -> list[UUID]:
    """Every id under which a person is on record, their own first."""
    merged = await tx.fetch(_RECORDS, patient_id=patient_id)
    return [patient_id, *(row["id"] for row in merged)]


async def join(tx: Transaction, surviving: UUID, merged: UUID, *, at: datetime) -> bool:
    """Keep that they are one. False where something newer is known."""
    count = await tx.execute(
        _JOIN, network_id=tx.network, surviving=surviving, merged=merged, at=at
    )
    return count > 0


async def part(tx: Transaction, surviving: UUID, merged: UUID, *, at: datetime) -> datetime | None:
    """Keep that they are two again. Answers since when they were one; None if they were not."""
    row = await tx.fetch_one(_PART, surviving=surviving, merged=merged, at=at)
    return None if row is None else row["merged_at"]
